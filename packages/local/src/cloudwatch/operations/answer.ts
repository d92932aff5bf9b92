import type { IncomingMessage } from "node:http";
import { promisify } from "node:util";
import { gunzip } from "node:zlib";
import {
  checkFields,
  operationNameOf,
  operationOf,
  writeJson,
  writeServiceError,
} from "../../gateway/json-protocol.ts";
import { RequestTooLarge, readBody } from "../../gateway/request-body.ts";
import { AccessDenied, type ServiceCall } from "../../gateway/service.ts";
import { CloudWatchError, cloudWatchErrors } from "../cloudwatch-error.ts";
import { type Fields, parseFields } from "../request-fields.ts";
import type { CloudWatchState } from "./operation.ts";
import { cloudWatchOperations } from "./operations.ts";

/** https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_PutMetricData.html */
const maxRequestBytes = 1024 * 1024;

/** Answers a call in the JSON 1.0 protocol, which the SDK speaks; the older query protocol is not served. */
export async function answer(state: CloudWatchState, call: ServiceCall): Promise<void> {
  try {
    const operation = operationOf(call.request, "CloudWatch", cloudWatchOperations, cloudWatchErrors.unknownOperation);
    const input = await inputOf(call);
    checkFields("CloudWatch", operation, input, cloudWatchErrors.validation);
    const result = operation.run({ ...state, authorize: (action, arn) => call.authorize(action, arn) }, input);
    writeJson(call.response, 200, result);
  } catch (error) {
    const { request, response, requestId } = call;
    const { code, queryCode, message, httpStatus } = protocolError(error);
    const form = {
      namespace: code === "ValidationException" ? "com.amazon.coral.validate" : "com.amazonaws.cloudwatch.v2010_08_01",
      queryNamespace: "http://monitoring.amazonaws.com/doc/2010-08-01/",
      // In the JSON protocol every error of a caller is a 400, save for a caller that reads the older codes.
      status: httpStatus === 404 && isJsonAlone(request) ? 400 : httpStatus,
      requestId,
    };
    // AWS does not say which alarm is not there.
    const told = code === "ResourceNotFound" ? "" : message;
    writeServiceError(request, response, form, { code, queryCode, message: told });
  }
}

/** Whether a caller speaks JSON and does not ask for the status and code of the query protocol. */
function isJsonAlone(request: IncomingMessage): boolean {
  return operationNameOf(request) !== undefined && request.headers["x-amzn-query-mode"] !== "true";
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
