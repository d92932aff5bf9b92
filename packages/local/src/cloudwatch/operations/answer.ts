import type { ServerResponse } from "node:http";
import { promisify } from "node:util";
import { gunzip } from "node:zlib";
import { RequestTooLarge, readBody } from "../../gateway/request-body.ts";
import { AccessDenied, type ServiceCall } from "../../gateway/service.ts";
import { CloudWatchError, cloudWatchErrors } from "../cloudwatch-error.ts";
import { type Fields, parseFields } from "../request-fields.ts";
import type { CloudWatchState, Operation } from "./operation.ts";
import { operations } from "./operations.ts";

/** https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_PutMetricData.html */
const maxRequestBytes = 1024 * 1024;

/** Answers a call in the JSON 1.0 protocol, which the SDK speaks; the older query protocol is not served. */
export async function answer(state: CloudWatchState, call: ServiceCall): Promise<void> {
  try {
    const operation = operationOf(call);
    const input = await inputOf(call);
    const result = operation({ ...state, authorize: (action, arn) => call.authorize(action, arn) }, input);
    write(call.response, 200, JSON.stringify(result));
  } catch (error) {
    const known = protocolError(error);
    call.response.setHeader("x-amzn-query-error", `${known.queryCode};Sender`);
    const body = { __type: `com.amazonaws.cloudwatch#${known.code}`, message: known.message };
    write(call.response, known.httpStatus, JSON.stringify(body));
  }
}

function operationOf({ request }: ServiceCall): Operation {
  const target = request.headers["x-amz-target"];
  if (typeof target !== "string") {
    throw cloudWatchErrors.unknownOperation(
      "The embedded CloudWatch speaks the JSON protocol (X-Amz-Target); the query protocol is not served.",
    );
  }
  const name = target.slice(target.indexOf(".") + 1);
  const operation = operations.get(name);
  if (!operation) {
    throw cloudWatchErrors.unknownOperation(`The embedded CloudWatch does not serve ${name.slice(0, 80)}.`);
  }
  return operation;
}

/** The SDK compresses larger bodies of `PutMetricData`. */
async function inputOf({ request }: ServiceCall): Promise<Fields> {
  const body = await readBody(request, maxRequestBytes);
  const encoding = request.headers["content-encoding"];
  if (encoding === undefined) return parseFields(body.toString());
  if (encoding !== "gzip")
    throw cloudWatchErrors.invalidFormat(`Content-Encoding ${encoding.slice(0, 40)} is not known.`);
  try {
    return parseFields((await promisify(gunzip)(body, { maxOutputLength: 16 * maxRequestBytes })).toString());
  } catch (error) {
    if (error instanceof CloudWatchError) throw error;
    throw cloudWatchErrors.invalidFormat("The request body is no gzip, or too large.");
  }
}

function protocolError(error: unknown): CloudWatchError {
  if (error instanceof CloudWatchError) return error;
  if (error instanceof AccessDenied) return cloudWatchErrors.accessDenied(error.message);
  if (error instanceof RequestTooLarge) return cloudWatchErrors.validation(error.message);
  throw error;
}

function write(response: ServerResponse, status: number, body: string): void {
  if (response.destroyed) return;
  response.writeHead(status, {
    "content-type": "application/x-amz-json-1.0",
    "content-length": Buffer.byteLength(body),
  });
  response.end(body);
}
