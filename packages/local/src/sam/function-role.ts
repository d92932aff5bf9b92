import { intrinsicIn } from "../cloudformation/intrinsics.ts";
import { isJsonObject, type Json, type JsonObject } from "../cloudformation/json.ts";
import { policyOfTemplate } from "./policy-templates.ts";
import { present, type SamResource, tagList } from "./sam-resources.ts";

/** A policy by its name, as a role lists it. */
export interface InlinePolicy extends JsonObject {
  readonly PolicyName: string;
  readonly PolicyDocument: JsonObject;
}

/** A policy of one statement, as SAM writes it for what a function needs of its own. */
export function policyFor(name: string, action: string, resource: Json): InlinePolicy {
  return { PolicyName: name, PolicyDocument: { Statement: [{ Action: action, Effect: "Allow", Resource: resource }] } };
}

const managed = (path: string): string => `arn:aws:iam::aws:policy/${path}`;

/** The managed policy by which a function may be fed from queues. */
export const QUEUE_POLICY = managed("service-role/AWSLambdaSQSQueueExecutionRole");

/** The role that SAM makes for a function: what its properties need, and what `Policies` adds. */
export function functionRole(
  sam: SamResource,
  added: { readonly policies: readonly InlinePolicy[]; readonly managed: readonly Json[] },
): JsonObject {
  const { properties } = sam;
  const given = readPolicies(sam);
  const managedArns = [
    managed("service-role/AWSLambdaBasicExecutionRole"),
    ...(isTraced(properties.Tracing) ? [managed("AWSXrayWriteOnlyAccess")] : []),
    ...(properties.VpcConfig ? [managed("service-role/AWSLambdaVPCAccessExecutionRole")] : []),
    ...given.managed,
    ...added.managed,
  ];
  const policies = [...added.policies, ...given.policies];
  return present({
    AssumeRolePolicyDocument: properties.AssumeRolePolicyDocument ?? {
      Version: "2012-10-17",
      Statement: [{ Action: ["sts:AssumeRole"], Effect: "Allow", Principal: { Service: ["lambda.amazonaws.com"] } }],
    },
    ManagedPolicyArns: distinct(managedArns),
    Path: properties.RolePath,
    PermissionsBoundary: properties.PermissionsBoundary,
    Policies: policies.length > 0 ? policies : undefined,
    Tags: functionTags(properties),
  });
}

/** Tags of a function and its role: SAM adds its own. */
export function functionTags({ Tags }: JsonObject): readonly JsonObject[] {
  return [{ Key: "lambda:createdBy", Value: "SAM" }, ...tagList(Tags)];
}

/** Whether a function is traced, as far as it is known. */
export function isTraced(tracing: Json | undefined): boolean {
  return tracing !== undefined && tracing !== "Disabled";
}

function readPolicies(sam: SamResource): {
  readonly policies: readonly InlinePolicy[];
  readonly managed: readonly Json[];
} {
  const given = sam.properties.Policies ?? [];
  const entries: readonly Json[] = Array.isArray(given) ? given : [given];
  const managedArns: Json[] = [];
  const policies: InlinePolicy[] = [];
  for (const [at, entry] of entries.entries()) {
    if (typeof entry === "string") managedArns.push(managedArn(entry));
    else if (!isJsonObject(entry)) throw sam.refusal(`Policies[${at}]`, "this is no policy.");
    else if (entry.Statement !== undefined) policies.push(named(sam, at, entry));
    else if (intrinsicIn(entry)) managedArns.push(entry);
    else {
      const [[name, values] = ["", {}], more] = Object.entries(entry);
      const policy = more === undefined ? policyOfTemplate(name, values) : "it must be a policy or a policy template";
      if (typeof policy === "string") throw sam.refusal(`Policies[${at}]`, `${policy}.`);
      policies.push(named(sam, at, policy));
    }
  }
  return { policies, managed: managedArns };
}

function named({ logicalId }: SamResource, at: number, PolicyDocument: JsonObject): InlinePolicy {
  return { PolicyName: `${logicalId}RolePolicy${at}`, PolicyDocument };
}

/** SAM asks IAM for the ARN of a policy that is named without one. */
function managedArn(name: string): Json {
  if (name.startsWith("arn:")) return name;
  const path = /^AWSLambda\w*Role$/.test(name) ? `service-role/${name}` : name;
  return managed(path);
}

function distinct(values: readonly Json[]): readonly Json[] {
  return [...new Map(values.map((value) => [JSON.stringify(value), value])).values()];
}
