import type { NotedCall } from "@longhaul/local/testing";
import { constructOf, type ResourceNames } from "./resource-names.ts";

/** Permissions that a role lacks for one resource, and how to add them. */
export interface MissingStatement {
  readonly actions: readonly string[];
  /** An ARN; of several objects of a bucket, the folder that they have in common. */
  readonly resource: string;
  /** Number of calls; 0 if Lambda itself would make them, and did not have to. */
  readonly calls: number;
  /** Lambda itself makes the calls with the role. */
  readonly isByLambda: boolean;
  /** A statement of the stack denies them, so that no further one helps. */
  readonly isDenied: boolean;
  /** For the policy of the role, as a template says it. */
  readonly statement: { readonly Effect: "Allow"; readonly Action: readonly string[]; readonly Resource: unknown };
  /** A line for the CDK program, where it is obvious. */
  readonly cdk: string | undefined;
}

/**
 * Makes statements of refused calls: one for each resource, or folder of a bucket.
 *
 * @param worker - logical id of the function with the role; `undefined` if there is not exactly one.
 */
export function missingStatements(
  refused: readonly NotedCall[],
  worker: string | undefined,
  names: ResourceNames,
): readonly MissingStatement[] {
  return grouped(refused).map(({ actions, resource, calls }) => {
    const [{ isByLambda, isDenied } = { isByLambda: false, isDenied: false }] = calls;
    return {
      actions,
      resource,
      calls: calls.reduce((sum, { count }) => sum + count, 0),
      isByLambda,
      isDenied,
      statement: { Effect: "Allow", Action: actions, Resource: names.inTemplate(resource) },
      cdk: worker === undefined || isDenied ? undefined : cdkLine(actions, resource, worker, names),
    };
  });
}

interface Group {
  readonly actions: readonly string[];
  readonly resource: string;
  readonly calls: readonly NotedCall[];
}

/** Calls by resource; objects by what they have in common, for each action. */
function grouped(refused: readonly NotedCall[]): readonly Group[] {
  const kindOf = ({ isByLambda, isDenied }: NotedCall) => `${isByLambda} ${isDenied}`;
  const byAction = Object.values(
    Object.groupBy(refused, (call) => `${kindOf(call)} ${call.action} ${wholeOf(call.resourceArn)}`),
  ).flatMap((calls = []) => {
    const resource = commonResource(calls.map(({ resourceArn }) => resourceArn));
    return calls[0] ? [{ key: `${kindOf(calls[0])} ${resource}`, action: calls[0].action, resource, calls }] : [];
  });
  return Object.values(Object.groupBy(byAction, ({ key }) => key)).flatMap((groups = []) => {
    const [first] = groups;
    if (!first) return [];
    const actions = groups.map(({ action }) => action).toSorted();
    return [{ actions, resource: first.resource, calls: groups.flatMap(({ calls }) => calls) }];
  });
}

/** The bucket of an object, the log group of a stream; else the resource itself. */
function wholeOf(arn: string): string {
  return isObject(arn) ? arn.slice(0, arn.indexOf("/")) : commonResource([arn]);
}

function isObject(arn: string): boolean {
  return arn.startsWith("arn:aws:s3:::") && arn.includes("/");
}

/** One resource that covers all: of objects, the folder that they have in common. */
function commonResource(arns: readonly string[]): string {
  const [first = ""] = arns;
  const service = first.split(":")[2];
  if (service === "logs") return first.replace(/:log-stream:.*$/, ":*");
  // A version or alias is one of any.
  if (service === "lambda") return first.replace(/^((?:[^:]*:){6}[^:]*):.*$/, "$1:*");
  if (!isObject(first)) return first;
  let common = first.slice(0, first.lastIndexOf("/") + 1);
  while (!arns.every((arn) => arn.startsWith(common)))
    common = common.slice(0, common.lastIndexOf("/", common.length - 2) + 1);
  return `${common}*`;
}

/** Names of variables are guessed from those of the constructs. */
function cdkLine(actions: readonly string[], arn: string, worker: string, names: ResourceNames): string | undefined {
  const found = names.find(arn);
  if (!found) return undefined;
  const { type, rest, logicalId } = found;
  const [target, grantee] = [variable(logicalId), variable(worker)];
  const list = actions.map((action) => JSON.stringify(action)).join(", ");
  const isOnly = (action: string) => actions.length === 1 && actions[0] === action;
  switch (type) {
    case "AWS::DynamoDB::Table":
    case "AWS::SQS::Queue":
      return rest === "" ? `${target}.grant(${grantee}, ${list});` : undefined;
    case "AWS::SNS::Topic":
      return isOnly("sns:Publish") ? `${target}.grantPublish(${grantee});` : undefined;
    case "AWS::Logs::LogGroup":
      return `${target}.grantWrite(${grantee});`;
    case "AWS::Lambda::Function":
      // On itself it would be a circle: the function needs its role, whose policy would need the function.
      return logicalId !== worker && isOnly("lambda:InvokeFunction") ? `${target}.grantInvoke(${grantee});` : undefined;
    case "AWS::S3::Bucket": {
      const resource =
        rest === "" ? `${target}.bucketArn` : `${target}.arnForObjects(${JSON.stringify(rest.slice(1))})`;
      return `${grantee}.addToRolePolicy(new PolicyStatement({ actions: [${list}], resources: [${resource}] }));`;
    }
    default:
      return undefined;
  }
}

function variable(logicalId: string): string {
  const construct = constructOf(logicalId);
  return `${construct.slice(0, 1).toLowerCase()}${construct.slice(1)}`;
}
