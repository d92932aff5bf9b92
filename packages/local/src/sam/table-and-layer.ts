import { isJsonObject, type Json } from "../cloudformation/json.ts";
import { picked, present, type SamResource, tagList } from "./sam-resources.ts";
import { storedCode } from "./stored-code.ts";

const KEY_TYPES: Readonly<Record<string, string>> = { String: "S", Number: "N", Binary: "B" };

/** `AWS::Serverless::SimpleTable` */
export function samSimpleTable(sam: SamResource): void {
  const { logicalId, properties, attributes } = sam;
  const key = isJsonObject(properties.PrimaryKey) ? properties.PrimaryKey : { Name: "id", Type: "String" };
  const type = KEY_TYPES[String(key.Type)];
  if (key.Name === undefined || type === undefined) {
    throw sam.refusal("PrimaryKey", `needs a Name, and the Type ${Object.keys(KEY_TYPES).join(" or ")}.`);
  }
  const tags: readonly Json[] = tagList(properties.Tags);
  sam.add(logicalId, {
    ...attributes,
    Type: "AWS::DynamoDB::Table",
    Properties: present({
      AttributeDefinitions: [{ AttributeName: key.Name, AttributeType: type }],
      KeySchema: [{ AttributeName: key.Name, KeyType: "HASH" }],
      ...picked(properties, [
        "PointInTimeRecoverySpecification",
        "ProvisionedThroughput",
        "SSESpecification",
        "TableName",
      ]),
      BillingMode: properties.ProvisionedThroughput === undefined ? "PAY_PER_REQUEST" : undefined,
      Tags: tags.length > 0 ? tags : undefined,
    }),
  });
}

/** `AWS::Serverless::LayerVersion`. SAM puts a hash behind its logical id; here references need not change. */
export function samLayerVersion(sam: SamResource): void {
  const { logicalId, properties, attributes } = sam;
  if (properties.ContentUri === undefined) throw sam.refusal("ContentUri", "is required.");
  const retention = properties.RetentionPolicy;
  sam.add(logicalId, {
    DeletionPolicy: typeof retention === "string" && retention.toLowerCase() === "delete" ? "Delete" : "Retain",
    ...attributes,
    Type: "AWS::Lambda::LayerVersion",
    Properties: present({
      LayerName: properties.LayerName ?? logicalId,
      Content: storedCode(sam, "ContentUri", properties.ContentUri),
      ...picked(properties, ["Description", "CompatibleArchitectures", "CompatibleRuntimes", "LicenseInfo"]),
    }),
  });
}
