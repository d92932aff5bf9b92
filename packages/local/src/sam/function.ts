import { createHash } from "node:crypto";
import { isJsonObject, type Json, type JsonObject, objectOrEmpty } from "../cloudformation/json.ts";
import { functionEvents, type InvokeTarget } from "./function-events.ts";
import { functionRole, functionTags, type InlinePolicy, isTraced, policyFor } from "./function-role.ts";
import { attributeOf, picked, present, ref, type SamResource } from "./sam-resources.ts";
import { storedCode } from "./stored-code.ts";

/** Properties that a function has in SAM and in CloudFormation. */
const SAME = [
  ...["FunctionName", "Handler", "Runtime", "Description", "MemorySize", "Timeout", "VpcConfig", "Environment"],
  ...["KmsKeyArn", "ReservedConcurrentExecutions", "Layers", "FileSystemConfigs", "ImageConfig", "PackageType"],
  ...["Architectures", "SnapStart", "EphemeralStorage", "CodeSigningConfigArn", "RuntimeManagementConfig"],
  ...["LoggingConfig", "TenancyConfig", "RecursiveLoop", "DurableConfig"],
];

/** Properties that the transform itself reads. */
const READ = new Set([
  ...["CodeUri", "InlineCode", "DeadLetterQueue", "Role", "AssumeRolePolicyDocument", "Policies", "RolePath"],
  ...["PermissionsBoundary", "Events", "Tags", "PropagateTags", "Tracing", "EventInvokeConfig", "AutoPublishAlias"],
  ...["AutoPublishCodeSha256", "AutoPublishAliasAllProperties", "VersionDescription", "VersionDeletionPolicy"],
  ...["ProvisionedConcurrencyConfig", "FunctionUrlConfig"],
  // Deployments are made at once here, as a first one is on AWS.
  "DeploymentPreference",
]);

/** `AWS::Serverless::Function` */
export function samFunction(sam: SamResource): void {
  const { logicalId, properties, attributes, passed } = sam;
  const unknown = Object.keys(properties).find((name) => !READ.has(name) && !SAME.includes(name));
  if (unknown !== undefined) throw sam.refusal(unknown, "this property is not translated; leave it out.");
  const roleId = `${logicalId}Role`;
  sam.add(logicalId, {
    ...attributes,
    Type: "AWS::Lambda::Function",
    Properties: present({
      ...picked(properties, SAME),
      Code: codeOf(sam),
      Role: properties.Role ?? attributeOf(roleId, "Arn"),
      Tags: functionTags(properties),
      TracingConfig: isTraced(properties.Tracing) ? { Mode: properties.Tracing ?? null } : undefined,
      DeadLetterConfig: deadLetters(sam)?.config,
    }),
  });
  const alias = addAlias(sam);
  if (isJsonObject(properties.FunctionUrlConfig)) {
    const TargetFunctionArn = alias?.target.arn ?? ref(logicalId);
    const url = picked(properties.FunctionUrlConfig, ["AuthType", "Cors", "InvokeMode"]);
    sam.add(`${logicalId}Url`, { ...passed, Type: "AWS::Lambda::Url", Properties: { ...url, TargetFunctionArn } });
  }
  const policies: InlinePolicy[] = [];
  const managed: Json[] = [];
  const dead = deadLetters(sam);
  if (dead) policies.push(dead.policy);
  policies.push(...addInvokeConfig(sam, alias));
  const target = alias?.target ?? { name: ref(logicalId), arn: attributeOf(logicalId, "Arn") };
  functionEvents(sam, target, (arn) => managed.push(arn));
  if (properties.Role !== undefined) return;
  sam.add(roleId, { ...passed, Type: "AWS::IAM::Role", Properties: functionRole(sam, { policies, managed }) });
}

function codeOf(sam: SamResource): JsonObject {
  const { InlineCode: text, CodeUri: place } = sam.properties;
  // As in SAM, code in the template comes before code elsewhere.
  if (text !== undefined) return { ZipFile: text };
  if (place === undefined) throw sam.refusal("CodeUri", "is required, or InlineCode.");
  return storedCode(sam, "CodeUri", place);
}

function deadLetters(sam: SamResource): { readonly config: JsonObject; readonly policy: InlinePolicy } | undefined {
  const { DeadLetterQueue: dead } = sam.properties;
  if (dead === undefined) return undefined;
  const arn = isJsonObject(dead) ? dead.TargetArn : undefined;
  const type = isJsonObject(dead) ? dead.Type : undefined;
  if (arn === undefined || (type !== "SQS" && type !== "SNS")) {
    throw sam.refusal("DeadLetterQueue", "needs a TargetArn, and the Type SQS or SNS.");
  }
  const action = type === "SQS" ? "sqs:SendMessage" : "sns:Publish";
  const policy = policyFor("DeadLetterQueuePolicy", action, arn);
  const PolicyDocument = { Version: "2012-10-17", ...policy.PolicyDocument };
  return { config: { TargetArn: arn }, policy: { ...policy, PolicyDocument } };
}

type Alias = { readonly name: string; readonly id: string; readonly target: InvokeTarget };

function addAlias(sam: SamResource): Alias | undefined {
  const { logicalId, properties, passed } = sam;
  const name = properties.AutoPublishAlias;
  if (name === undefined) return undefined;
  if (typeof name !== "string") throw sam.refusal("AutoPublishAlias", "this must be a text.");
  // SAM's own hash has other digits; they change with the code, and so do these.
  const content = JSON.stringify([properties.CodeUri ?? properties.InlineCode, properties.Environment ?? null]);
  const hash = createHash("sha256").update(content).digest("hex").slice(0, 10);
  const versionId = `${logicalId}Version${hash}`;
  sam.add(versionId, {
    DeletionPolicy: "Retain",
    ...passed,
    Type: "AWS::Lambda::Version",
    Properties: present({ FunctionName: ref(logicalId), Description: properties.VersionDescription }),
  });
  const id = `${logicalId}Alias${name.replaceAll("-", "D").replaceAll("_", "U")}`;
  sam.add(id, {
    ...passed,
    Type: "AWS::Lambda::Alias",
    Properties: present({
      Name: name,
      FunctionName: ref(logicalId),
      FunctionVersion: attributeOf(versionId, "Version"),
      ProvisionedConcurrencyConfig: properties.ProvisionedConcurrencyConfig,
    }),
  });
  return { name, id, target: { name: ref(id), arn: ref(id) } };
}

/** The action that the role needs for each kind of destination. */
const DESTINATIONS: Readonly<Record<string, { readonly action: string; readonly suffix: string }>> = {
  SQS: { action: "sqs:SendMessage", suffix: "SQSPolicy" },
  SNS: { action: "sns:publish", suffix: "SNSPolicy" },
  EventBridge: { action: "events:PutEvents", suffix: "EventBridgePolicy" },
  Lambda: { action: "lambda:InvokeFunction", suffix: "LambdaPolicy" },
};

/** Destinations that SAM makes where none is given: the type, and the end of the logical id. */
const MADE: Readonly<Record<string, readonly [type: string, suffix: string]>> = {
  SQS: ["AWS::SQS::Queue", "Queue"],
  SNS: ["AWS::SNS::Topic", "Topic"],
};

function addInvokeConfig(sam: SamResource, alias: Alias | undefined): readonly InlinePolicy[] {
  const { logicalId, properties, passed } = sam;
  const config = properties.EventInvokeConfig;
  if (config === undefined) return [];
  if (!isJsonObject(config)) throw sam.refusal("EventInvokeConfig", "this must be an object.");
  const id = `${logicalId}EventInvokeConfig`;
  const policies: InlinePolicy[] = [];
  const destinations: Record<string, Json> = {};
  const given = objectOrEmpty(config.DestinationConfig);
  for (const kind of ["OnSuccess", "OnFailure"]) {
    const one = given[kind];
    if (!isJsonObject(one)) continue;
    const path = `EventInvokeConfig.DestinationConfig.${kind}`;
    const type = typeof one.Type === "string" && Object.hasOwn(DESTINATIONS, one.Type) ? one.Type : undefined;
    if (type === undefined) throw sam.refusal(`${path}.Type`, `must be ${Object.keys(DESTINATIONS).join(", ")}.`);
    const made = MADE[type];
    let arn = one.Destination;
    if (arn === undefined) {
      if (made === undefined) throw sam.refusal(`${path}.Destination`, `is required for ${type}.`);
      const [resourceType, suffix] = made;
      sam.add(`${id}${kind}${suffix}`, { ...passed, Type: resourceType, Properties: {} });
      arn = type === "SQS" ? attributeOf(`${id}${kind}Queue`, "Arn") : ref(`${id}${kind}Topic`);
    }
    destinations[kind] = { Destination: arn };
    const { action = "", suffix = "" } = DESTINATIONS[type] ?? {};
    policies.push(policyFor(`${id}${kind}${suffix}`, action, arn));
  }
  sam.add(id, {
    ...passed,
    ...(alias && { DependsOn: [alias.id] }),
    Type: "AWS::Lambda::EventInvokeConfig",
    Properties: present({
      FunctionName: ref(logicalId),
      Qualifier: alias?.name ?? "$LATEST",
      DestinationConfig: destinations,
      ...picked(config, ["MaximumEventAgeInSeconds", "MaximumRetryAttempts"]),
    }),
  });
  return policies;
}
