import type { ServerResponse } from "node:http";
import { crc32 } from "node:zlib";
import type { Clock } from "../gateway/clock.ts";
import { checkFields, operationNameOf } from "../gateway/json-protocol.ts";
import { RequestTooLarge, readBody } from "../gateway/request-body.ts";
import { AccessDenied, type Service, type ServiceCall } from "../gateway/service.ts";
import { protectTables } from "./deletion-protection.ts";
import { createDynaliteEngine, type DynamoDbJson, type EngineOperation, engineOperations } from "./dynalite-engine.ts";
import { DynamoDbError, dynamoDbError } from "./dynamodb-error.ts";
import { resourcesOf } from "./iam-resources.ts";
import { dynamoDbInputs } from "./inputs.ts";
import { createTimeToLive, type TimeToLive } from "./time-to-live.ts";

/** Options of the embedded DynamoDB. */
export interface DynamoDbOptions {
  readonly region: string;
  readonly accountId: string;
  readonly clock: Clock;
  /** Time between deletions of expired items. Default 10 s. */
  readonly timeToLiveSweepMs?: number;
}

/** The embedded DynamoDB: an HTTP service behind the gateway, and the same tables from inside. */
export interface DynamoDbService extends Service {
  /**
   * Makes one call from inside, e.g. `call("CreateTable", {...})`, in the wire's own JSON.
   *
   * @throws {DynamoDbError} as DynamoDB refuses.
   */
  call(operation: string, input: DynamoDbJson): Promise<DynamoDbJson>;
  readonly timeToLive: TimeToLive;
}

const maxRequestBytes = 16 * 1024 * 1024;
const served: ReadonlySet<string> = new Set(engineOperations);

/** Creates the embedded DynamoDB: dynalite, with expiry of items and the old item of a failed condition added. */
export function createDynamoDb(options: DynamoDbOptions): DynamoDbService {
  const engine = createDynaliteEngine(options);
  const tables = protectTables(engine);
  const timeToLive = createTimeToLive(engine, {
    clock: options.clock,
    ...(options.timeToLiveSweepMs !== undefined && { sweepMs: options.timeToLiveSweepMs }),
  });

  async function call(operation: string, input: DynamoDbJson): Promise<DynamoDbJson> {
    const inputs = Object.hasOwn(dynamoDbInputs, operation) ? dynamoDbInputs[operation] : undefined;
    if (inputs === undefined) {
      throw dynamoDbError(
        "UnknownOperationException",
        `The embedded DynamoDB does not serve ${operation.slice(0, 80)}.`,
      );
    }
    checkFields("DynamoDB", { name: operation, inputs }, input, (message) =>
      dynamoDbError("ValidationException", message),
    );
    if (operation === "UpdateTimeToLive") return timeToLive.update(input);
    if (operation === "DescribeTimeToLive") return timeToLive.describe(input);
    if (operation === "CreateTable") return createTable(input);
    if (operation === "UpdateTable") return tables.update(input);
    if (operation === "DescribeTable") return tables.describe(input);
    if (operation === "DeleteTable") {
      const answer = await tables.delete(input);
      timeToLive.forget(String(input.TableName));
      return answer;
    }
    if (!isEngineOperation(operation)) throw new Error(`The engine has no operation ${operation}.`);
    return engine.call(operation, input);
  }

  /** Tags come afterwards: dynalite does not read those of a new table. */
  async function createTable({ Tags, ...input }: DynamoDbJson): Promise<DynamoDbJson> {
    const answer = await tables.create(input);
    const { TableArn } = (answer.TableDescription ?? {}) as DynamoDbJson;
    if (Array.isArray(Tags) && Tags.length > 0) await engine.call("TagResource", { ResourceArn: TableArn, Tags });
    return answer;
  }

  let closing: Promise<void> | undefined;
  return {
    call,
    timeToLive,
    handle: (serviceCall) => handle(options, call, serviceCall),
    stop() {
      timeToLive.stop();
      closing ??= engine.close();
      return closing;
    },
  };
}

function isEngineOperation(name: string): name is EngineOperation {
  return served.has(name);
}

async function handle(options: DynamoDbOptions, run: DynamoDbService["call"], call: ServiceCall): Promise<void> {
  const operation = operationNameOf(call.request) ?? "a request without X-Amz-Target";
  try {
    const input = withTableName(options, parseInput(await readBody(call.request, maxRequestBytes)));
    for (const resource of resourcesOf(options, operation, input)) call.authorize(`dynamodb:${operation}`, resource);
    write(call.response, 200, await run(operation, input));
  } catch (error) {
    const refused = refusal(error);
    write(call.response, refused.status, refused.body);
  }
}

function parseInput(body: Buffer): DynamoDbJson {
  let input: unknown;
  try {
    input = JSON.parse(body.toString());
  } catch {
    throw new DynamoDbError(400, { __type: "com.amazon.coral.service#SerializationException" });
  }
  if (typeof input !== "object" || input === null || Array.isArray(input)) {
    throw new DynamoDbError(400, { __type: "com.amazon.coral.service#SerializationException" });
  }
  return input as DynamoDbJson;
}

/** Tables may be named by their ARN: https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_GetItem.html */
function withTableName({ region, accountId }: DynamoDbOptions, fields: DynamoDbJson): DynamoDbJson {
  const [, where, name] = /^arn:[^:]*:dynamodb:(.*):table\/([^/]+)$/.exec(String(fields.TableName)) ?? [];
  if (name === undefined) return fields;
  if (where === `${region}:${accountId}`) return { ...fields, TableName: name };
  throw dynamoDbError("ResourceNotFoundException", `Requested resource not found: Table: ${name} not found`);
}

function refusal(error: unknown): DynamoDbError {
  if (error instanceof DynamoDbError) return error;
  if (error instanceof AccessDenied) {
    return new DynamoDbError(400, { __type: "com.amazon.coral.service#AccessDeniedException", Message: error.message });
  }
  if (error instanceof RequestTooLarge) return dynamoDbError("ValidationException", error.message, 413);
  throw error;
}

function write(response: ServerResponse, status: number, answer: Readonly<Record<string, unknown>>): void {
  if (response.destroyed) return;
  const body = Buffer.from(JSON.stringify(answer));
  response.writeHead(status, {
    "content-type": "application/x-amz-json-1.0",
    "content-length": body.length,
    "x-amz-crc32": crc32(body),
  });
  response.end(body);
}
