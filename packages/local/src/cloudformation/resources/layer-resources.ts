import type { ResourceMaker } from "./resource.ts";

/** `AWS::Lambda::LayerVersion`, whose content is a folder or a zip file. */
export const layerVersion: ResourceMaker = async (context, properties) => {
  const name = context.name(properties.optionalText("LayerName"), 140);
  const content = properties.nested("Content");
  if (!content) return properties.invalid("Content", "is required");
  const key = content.text("S3Key");
  properties.finish();
  const { lambda } = context.services;
  const arn = lambda.layers.publish(name, await context.assets.directoryOf(key));
  context.undo(() => lambda.layers.remove(arn));
  return { ref: arn, attributes: { LayerVersionArn: arn } };
};
