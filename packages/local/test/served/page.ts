import * as cloudWatchClient from "@aws-sdk/client-cloudwatch";
import * as cloudWatchLogsClient from "@aws-sdk/client-cloudwatch-logs";
import * as dynamoDbClient from "@aws-sdk/client-dynamodb";
import * as eventBridgeClient from "@aws-sdk/client-eventbridge";
import * as lambdaClient from "@aws-sdk/client-lambda";
import * as s3Client from "@aws-sdk/client-s3";
import * as schedulerClient from "@aws-sdk/client-scheduler";
import * as snsClient from "@aws-sdk/client-sns";
import * as sqsClient from "@aws-sdk/client-sqs";
import { resourceProperties } from "../../src/cloudformation/resources/properties.ts";
import { cloudWatchOperations } from "../../src/cloudwatch/operations/operations.ts";
import { dynamoDbInputs } from "../../src/dynamodb/inputs.ts";
import { eventsOperations } from "../../src/events/operations/operations.ts";
import type { Inputs } from "../../src/gateway/inputs.ts";
import { inputsOf, LAMBDA_OPERATIONS } from "../../src/lambda/inputs.ts";
import { logsOperations } from "../../src/logs/operations.ts";
import { s3InputsOf } from "../../src/s3/inputs.ts";
import { OPERATIONS } from "../../src/s3/operations.ts";
import type { OperationName } from "../../src/s3/route.ts";
import { SCHEDULER_INPUTS } from "../../src/scheduler/inputs.ts";
import { snsOperations } from "../../src/sns/operations/operations.ts";
import { sqsOperations } from "../../src/sqs/operations/operations.ts";
import { type SdkMember, sdkOperation } from "../sdk-model.ts";
import { DIFFERENCES } from "./differences.ts";
import { type Restricted, restrictedInputs, servedNames, unservedPaths } from "./unserved.ts";

/** An operation, or a resource type, as one row of a table. */
interface Row {
  readonly name: string;
  readonly served: readonly string[];
  readonly restricted: readonly Restricted[];
  readonly refused: readonly string[];
}

/** A service, and all operations that AWS's client knows. */
interface Section {
  readonly title: string;
  readonly rows: readonly Row[];
  readonly refusedOperations: readonly string[];
}

const OPERATION = 9;

/** Every operation of a client. */
function operationsOf(client: object): readonly string[] {
  return Object.entries(client)
    .filter(([, value]) => Array.isArray(value) && value[0] === OPERATION)
    .map(([name]) => name.replace(/\$$/, ""));
}

function section(title: string, client: object, rows: readonly Row[]): Section {
  const served = new Set(rows.map(({ name }) => name));
  return { title, rows, refusedOperations: operationsOf(client).filter((name) => !served.has(name)) };
}

function ofFields(title: string, client: object, operations: Readonly<Record<string, Inputs>>): Section {
  const rows = Object.entries(operations).map(
    ([name, inputs]): Row => ({
      name,
      served: servedNames(inputs),
      restricted: restrictedInputs(inputs),
      refused: unservedPaths(sdkOperation(client, name).input, inputs),
    }),
  );
  return section(title, client, rows);
}

const inputsOfAll = (operations: Readonly<Record<string, { readonly inputs: Inputs }>>) =>
  Object.fromEntries(Object.entries(operations).map(([name, { inputs }]) => [name, inputs]));

/** Headers that say what a body is, as HTTP has them for any request. */
const isOfBody = ({ header }: SdkMember) => /^(?:content-.+|cache-control|expires)$/.test(header ?? "");

function ofS3(): Section {
  const rows = (Object.keys(OPERATIONS) as OperationName[]).map((name): Row => {
    const { headers, query, document = {} } = s3InputsOf(name);
    const { input } = sdkOperation(s3Client, name);
    const refused = input.flatMap((member): readonly string[] => {
      const { header, query: parameter, shape } = member;
      if (isOfBody(member)) return [];
      if (header !== undefined) return headers[header] === undefined ? [header] : [];
      if (parameter !== undefined) return query[parameter] === undefined ? [parameter] : [];
      return member.isPayload && shape.kind === "structure" ? unservedPaths(shape.members, document) : [];
    });
    const all: Inputs = { ...headers, ...query, ...document };
    return { name, served: servedNames(all), restricted: restrictedInputs(all), refused };
  });
  return section("S3", s3Client, rows);
}

function ofLambda(): Section {
  const rows = LAMBDA_OPERATIONS.map((name): Row => {
    const { headers, query, body } = inputsOf(name);
    const { input } = sdkOperation(lambdaClient, name);
    const refused = input.flatMap((member): readonly string[] => {
      const { header, query: parameter } = member;
      if (member.isLabel || member.isPayload) return [];
      if (header !== undefined) return headers[header] === undefined ? [header] : [];
      if (parameter !== undefined) return query[parameter] === undefined ? [parameter] : [];
      return unservedPaths([member], body);
    });
    const all: Inputs = { ...headers, ...query, ...body };
    return { name, served: servedNames(all), restricted: restrictedInputs(all), refused };
  });
  return section("Lambda", lambdaClient, rows);
}

function ofCloudFormation(): Section {
  const rows = Object.entries(resourceProperties).map(
    ([name, inputs]): Row => ({
      name,
      served: servedNames(inputs),
      restricted: restrictedInputs(inputs),
      refused: [],
    }),
  );
  return { title: "CloudFormation", rows, refusedOperations: [] };
}

const sections = (): readonly Section[] => [
  ofS3(),
  ofFields("SQS", sqsClient, inputsOfAll(sqsOperations)),
  ofFields("SNS", snsClient, inputsOfAll(snsOperations)),
  ofFields("DynamoDB", dynamoDbClient, dynamoDbInputs),
  ofLambda(),
  ofFields("EventBridge", eventBridgeClient, inputsOfAll(eventsOperations)),
  ofFields("EventBridge Scheduler", schedulerClient, SCHEDULER_INPUTS),
  ofFields("CloudWatch", cloudWatchClient, inputsOfAll(cloudWatchOperations)),
  ofFields("CloudWatch Logs", cloudWatchLogsClient, inputsOfAll(logsOperations)),
  ofCloudFormation(),
];

const codes = (names: readonly string[]) => (names.length === 0 ? "–" : names.map((name) => `\`${name}\``).join(", "));

/** Inputs that all operations of a service accept without effect; they are shown once. */
function commonOf(rows: readonly Row[]): readonly Restricted[] {
  const [first, ...others] = rows;
  if (first === undefined || others.length === 0) return [];
  return first.restricted.filter(({ path }) =>
    others.every(({ restricted }) => restricted.some((each) => each.path === path)),
  );
}

function restrictedCell(restricted: readonly Restricted[]): string {
  if (restricted.length === 0) return "–";
  return restricted
    .map(({ path, values, why }) => {
      const as = values.length === 0 ? "" : ` as ${values.map((value) => `\`${value}\``).join(" or ")}`;
      return `\`${path}\`${as}: ${why}`;
    })
    .join("; ");
}

function shown({ title, rows, refusedOperations }: Section): string {
  const common = commonOf(rows);
  const isCommon = ({ path }: Restricted) => common.some((each) => each.path === path);
  const isStack = title === "CloudFormation";
  const head = isStack
    ? "| resource | served | accepted, with a reason |\n|---|---|---|"
    : "| operation | served | accepted, with a reason | refused |\n|---|---|---|---|";
  const lines = rows.map(({ name, served, restricted, refused }) => {
    const cells = [
      `\`${name}\``,
      codes(served),
      restrictedCell(restricted.filter((each) => !isCommon(each))),
      ...(isStack ? [] : [codes(refused)]),
    ];
    return `| ${cells.join(" | ")} |`;
  });
  return [
    `## ${title}`,
    ...(common.length > 0 ? [`Accepted by every operation: ${restrictedCell(common)}.`] : []),
    `${head}\n${lines.join("\n")}`,
    ...(refusedOperations.length > 0 ? [`Refused by name: ${codes(refusedOperations)}.`] : []),
    ...(isStack ? ["Other resources and properties are refused by name before anything is deployed."] : []),
  ].join("\n\n");
}

/** The page "What the embedded AWS serves", from the lists by which the services refuse what they do not serve. */
export function servedPage(): string {
  const differences = DIFFERENCES.map(({ service, where, how, why }) => `| ${service} | ${where} | ${how} | ${why} |`);
  return `# What the embedded AWS serves

This page is generated from the lists by which each service refuses what it does not serve. A test holds it against them.

- **Served**: it does what AWS does. Of a structure, the fields that are not served are named in the other columns.
- **Accepted, with a reason**: it has no effect here, or only the given values are accepted.
- **Refused**: AWS's own client knows it, and the embedded AWS answers with an error that names it.

[The embedded AWS](embedded-aws.md) says how the services work.

## What is served and differs

| service | where | how | because |
|---|---|---|---|
${differences.join("\n")}

${sections().map(shown).join("\n\n")}
`;
}
