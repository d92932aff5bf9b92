import * as cloudWatchClient from "@aws-sdk/client-cloudwatch";
import * as cloudWatchLogsClient from "@aws-sdk/client-cloudwatch-logs";
import * as dynamoDbClient from "@aws-sdk/client-dynamodb";
import * as lambdaClient from "@aws-sdk/client-lambda";
import * as schedulerClient from "@aws-sdk/client-scheduler";
import * as snsClient from "@aws-sdk/client-sns";
import * as sqsClient from "@aws-sdk/client-sqs";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { cloudWatchOperations as cloudWatch } from "../src/cloudwatch/operations/operations.ts";
import { dynamoDbInputs } from "../src/dynamodb/inputs.ts";
import type { Input, Inputs } from "../src/gateway/inputs.ts";
import { inputsOf, LAMBDA_OPERATIONS } from "../src/lambda/inputs.ts";
import { type LocalAws, startLocalAws } from "../src/local-aws.ts";
import { logsOperations } from "../src/logs/operations.ts";
import { SCHEDULER_INPUTS } from "../src/scheduler/inputs.ts";
import { snsOperations as sns } from "../src/sns/operations/operations.ts";
import { sqsOperations as sqs } from "../src/sqs/operations/operations.ts";
import { type SdkMember, type SdkShape, sdkOperation } from "./sdk-model.ts";

let aws: LocalAws;
beforeAll(async () => {
  aws = await startLocalAws();
});
afterAll(() => aws.stop());

/** An input that the SDK knows and a list does not have: the smallest value that names it, and its name in messages. */
interface Unserved {
  readonly value: Readonly<Record<string, unknown>>;
  readonly path: string;
}

function unservedIn(members: readonly SdkMember[], inputs: Inputs, path: string): readonly Unserved[] {
  return members.flatMap(({ name, shape }): readonly Unserved[] => {
    const at = path === "" ? name : `${path}.${name}`;
    const input = inputs[name];
    if (input === undefined) return [{ value: { [name]: "x" }, path: at }];
    return unservedInside(shape, input, at).map((each) => ({ ...each, value: { [name]: each.value } }));
  });
}

function unservedInside(shape: SdkShape, input: Input, at: string): readonly { value: unknown; path: string }[] {
  if (shape.kind === "structure") {
    return input.kind === "structure" ? unservedIn(shape.members, input.fields, at) : [];
  }
  if (shape.kind === "simple" || (input.kind !== "list" && input.kind !== "map")) return [];
  const isList = shape.kind === "list";
  return unservedInside(shape.of, input.of, isList ? `${at}[0]` : `${at}.key`).map(({ value, path }) => ({
    value: isList ? [value] : { key: value },
    path,
  }));
}

/** Inputs that a list has and the SDK does not know. */
function unknownIn(members: readonly SdkMember[], inputs: Inputs, path = ""): readonly string[] {
  return Object.entries(inputs).flatMap(([name, input]) => {
    const member = members.find((each) => each.name === name);
    return member === undefined ? [`${path}${name}`] : unknownInside(member.shape, input, `${path}${name}.`);
  });
}

function unknownInside(shape: SdkShape, input: Input, path: string): readonly string[] {
  if (shape.kind === "structure") return input.kind === "structure" ? unknownIn(shape.members, input.fields, path) : [];
  if (shape.kind === "simple") return input.kind === "structure" ? [path] : [];
  return input.kind === "list" || input.kind === "map" ? unknownInside(shape.of, input.of, path) : [];
}

const authorization = (service: string) =>
  `AWS4-HMAC-SHA256 Credential=AKIA/20260101/us-east-1/${service}/aws4_request, SignedHeaders=host, Signature=0`;

const jsonServices = [
  { service: "sqs", target: "AmazonSQS", client: sqsClient, inputs: inputsOfAll(sqs) },
  {
    service: "monitoring",
    target: "GraniteServiceVersion20100801",
    client: cloudWatchClient,
    inputs: inputsOfAll(cloudWatch),
  },
  { service: "logs", target: "Logs_20140328", client: cloudWatchLogsClient, inputs: inputsOfAll(logsOperations) },
  { service: "dynamodb", target: "DynamoDB_20120810", client: dynamoDbClient, inputs: Object.entries(dynamoDbInputs) },
];

function inputsOfAll(
  operations: Readonly<Record<string, { readonly inputs: Inputs }>>,
): readonly (readonly [string, Inputs])[] {
  return Object.entries(operations).map(([name, { inputs }]) => [name, inputs]);
}

describe.each(jsonServices)(
  "$service refuses by name the fields it does not serve",
  ({ service, target, client, inputs }) => {
    const call = (operation: string, body: object) =>
      fetch(aws.url, {
        method: "POST",
        headers: { authorization: authorization(service), "x-amz-target": `${target}.${operation}` },
        body: JSON.stringify(body),
      });

    it.for(inputs)("%s", async ([operation, served]) => {
      for (const { value, path } of unservedIn(sdkOperation(client, operation).input, served, "")) {
        const response = await call(operation, value);
        expect([path, response.status]).toEqual([path, 400]);
        expect(await response.json()).toMatchObject({
          message: expect.stringContaining(`does not serve the parameter ${path} of ${operation}`),
        });
      }
      const response = await call(operation, { FieldOfTomorrow: 1 });
      expect(await response.json()).toMatchObject({ message: expect.stringContaining("FieldOfTomorrow") });
    });

    it.for(inputs)("and serves nothing under a name that AWS does not know: %s", ([operation, served]) => {
      expect(unknownIn(sdkOperation(client, operation).input, served)).toEqual([]);
    });
  },
);

describe("EventBridge Scheduler refuses by name the parameters it does not serve", () => {
  it.for(Object.entries(SCHEDULER_INPUTS))("%s", async ([operation, inputs]) => {
    const { method, path, input } = sdkOperation(schedulerClient, operation);
    expect(unknownIn(input, inputs)).toEqual([]);
    const hasBody = method === "POST" || method === "PUT";
    const headers = { authorization: authorization("scheduler") };
    const tomorrow = { value: { FieldOfTomorrow: "x" }, path: "FieldOfTomorrow" };
    for (const unserved of [...unservedIn(input, inputs, ""), tomorrow]) {
      const query = hasBody ? "" : `?${unserved.path}=x`;
      const response = await fetch(`${aws.url}${path.replace("{Name}", "name")}${query}`, {
        ...{ method, headers },
        ...(hasBody && { body: JSON.stringify(unserved.value) }),
      });
      expect([unserved.path, response.status]).toEqual([unserved.path, 400]);
      expect(await response.json()).toMatchObject({
        Message: expect.stringContaining(`does not serve the parameter ${unserved.path} of ${operation}`),
      });
    }
  });
});

describe("SNS refuses by name the parameters it does not serve", () => {
  const call = (operation: string, parameters: Record<string, string>) =>
    fetch(aws.url, {
      method: "POST",
      headers: { authorization: authorization("sns") },
      body: new URLSearchParams({ Action: operation, Version: "2010-03-31", ...parameters }),
    });

  it.for(Object.entries(sns))("%s", async ([operation, { inputs }]) => {
    for (const name of [...flatNames(sdkOperation(snsClient, operation).input), "ParameterOfTomorrow"]) {
      if (isListed(inputs, name.split("."))) continue;
      const response = await call(operation, { [name]: "x" });
      expect([name, response.status]).toEqual([name, 400]);
      expect(await response.text()).toMatch(new RegExp(`does not serve the parameter ${name.split(".")[0]}`));
    }
  });

  it("also deep inside", async () => {
    const response = await call("PublishBatch", { "PublishBatchRequestEntries.member.1.Colour": "red" });
    expect(await response.text()).toContain("PublishBatchRequestEntries.member.1.Colour");
  });

  function flatNames(members: readonly SdkMember[], prefix = ""): readonly string[] {
    return members.flatMap(({ name, shape }) => flatNamesInside(shape, `${prefix}${name}`));
  }
  function flatNamesInside(shape: SdkShape, at: string): readonly string[] {
    if (shape.kind === "structure") return flatNames(shape.members, `${at}.`);
    if (shape.kind === "list") return flatNamesInside(shape.of, `${at}.member.1`);
    if (shape.kind !== "map") return [at];
    const isAttributes = at.endsWith("MessageAttributes");
    return [
      `${at}.entry.1.${isAttributes ? "Name" : "key"}`,
      ...flatNamesInside(shape.of, `${at}.entry.1.${isAttributes ? "Value" : "value"}`),
    ];
  }
  function isListed(inputs: Inputs, [first = "", ...rest]: readonly string[]): boolean {
    const input = inputs[first];
    if (input === undefined) return false;
    if (rest.length === 0 || input.kind === "served") return true;
    if (input.kind === "structure") return isListed(input.fields, rest);
    return (
      input.kind === "map" &&
      (rest.length === 1 || (input.of.kind === "structure" && isListed(input.of.fields, rest.slice(1))))
    );
  }
});

describe("Lambda refuses by name the headers, parameters and fields it does not serve", () => {
  it.for(LAMBDA_OPERATIONS)("%s", async (operation) => {
    const { method, path, input } = sdkOperation(lambdaClient, operation);
    const inputs = inputsOf(operation);
    const call = (more: { headers?: Record<string, string>; query?: string; body?: object }) =>
      fetch(`${aws.url}${path.replace(/\{\w+\}/g, "id").split("?")[0]}?${more.query ?? ""}`, {
        method,
        headers: { authorization: authorization("lambda"), ...more.headers },
        ...(more.body !== undefined && { body: JSON.stringify(more.body) }),
      });
    const expectRefusal = async (response: Response, name: string) => {
      expect([name, response.status]).toEqual([name, 400]);
      expect(await response.json()).toMatchObject({ Message: expect.stringContaining(name) });
    };
    for (const { header = "", query = "" } of input) {
      if (header !== "" && inputs.headers[header] === undefined) {
        await expectRefusal(await call({ headers: { [header]: "x" } }), header);
      }
      if (query !== "" && inputs.query[query] === undefined)
        await expectRefusal(await call({ query: `${query}=x` }), query);
    }
    await expectRefusal(await call({ headers: { "x-amz-header-of-tomorrow": "x" } }), "x-amz-header-of-tomorrow");
    await expectRefusal(await call({ query: "ParameterOfTomorrow=x" }), "ParameterOfTomorrow");
    const body = input.filter(({ header, query, isLabel, isPayload }) => !header && !query && !isLabel && !isPayload);
    if (Object.keys(inputs.body).length === 0) return;
    for (const { value, path: at } of unservedIn(body, inputs.body, ""))
      await expectRefusal(await call({ body: value }), at);
    expect(unknownIn(body, inputs.body)).toEqual([]);
  });
});
