import type { IncomingMessage } from "node:http";
import { AccessDenied, type ServiceCall } from "../gateway/service.ts";
import { MAX_SYNC_PAYLOAD_BYTES } from "./invoke-api.ts";
import { invalidParameter, invalidRequestContent, LambdaError, requestTooLarge } from "./lambda-error.ts";

/** @throws LambdaError if it is set and no number. */
export function numberOf(body: Record<string, unknown>, name: string): number | undefined {
  const value = body[name];
  if (value === undefined || value === null) return undefined;
  if (typeof value !== "number") throw invalidParameter(`${name} is ${JSON.stringify(value)}; it must be a number.`);
  return value;
}

/** @throws LambdaError if it is set and no text. */
export function textField(body: Record<string, unknown>, name: string): string | undefined {
  const value = body[name];
  if (value === undefined || value === null) return undefined;
  if (typeof value !== "string") throw invalidParameter(`${name} is ${JSON.stringify(value)}; it must be a text.`);
  return value;
}

/** `MaxItems` of a list. @throws LambdaError unless it is a whole number of at least 1. */
export function maxItems(query: URLSearchParams, otherwise: number): number {
  const text = query.get("MaxItems");
  if (text === null) return otherwise;
  if (/^[1-9]\d{0,4}$/.test(text)) return Number(text);
  throw invalidParameter(`MaxItems is ${JSON.stringify(text.slice(0, 40))}; it must be a whole number of at least 1.`);
}

/** The body of a call. @throws LambdaError beyond 6 MB, the most that any operation takes. */
export async function readBytes(request: IncomingMessage): Promise<Buffer> {
  const maxBytes = MAX_SYNC_PAYLOAD_BYTES;
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    bytes += chunk.length;
    if (bytes <= maxBytes) chunks.push(chunk);
  }
  if (bytes > maxBytes) {
    throw requestTooLarge(`Request must be smaller than ${maxBytes} bytes for the InvokeFunction operation`);
  }
  return Buffer.concat(chunks);
}

/** The body of a call as a JSON object. @throws LambdaError if it is none. */
export async function readJson(request: IncomingMessage): Promise<Record<string, unknown>> {
  const text = (await readBytes(request)).toString("utf8");
  try {
    const body: unknown = JSON.parse(text === "" ? "{}" : text);
    if (typeof body === "object" && body !== null && !Array.isArray(body)) return body as Record<string, unknown>;
  } catch {
    // Told below.
  }
  throw invalidRequestContent("the body is not a JSON object");
}

/** Answers a call; without a body for `undefined`. */
export function writeAnswer(call: ServiceCall, status: number, body: object | undefined): void {
  const text = body === undefined ? "" : JSON.stringify(body);
  call.response.setHeader("x-amzn-RequestId", call.requestId);
  if (body !== undefined) call.response.setHeader("Content-Length", Buffer.byteLength(text));
  call.response.writeHead(status, { "Content-Type": "application/json" });
  call.response.end(text);
}

/** Answers a call with an error in the protocol's form; what is none of the API's becomes `ServiceException`. */
export function answerError(call: ServiceCall, error: unknown): void {
  const known =
    error instanceof LambdaError
      ? error
      : error instanceof AccessDenied
        ? new LambdaError("AccessDeniedException", 403, error.message)
        : new LambdaError("ServiceException", 500, error instanceof Error ? error.message : String(error));
  if (call.response.headersSent) {
    call.response.destroy();
    return;
  }
  call.response.setHeader("X-Amzn-ErrorType", known.code);
  writeAnswer(call, known.httpStatus, {
    Type: known.httpStatus < 500 ? "User" : "Service",
    Message: known.message,
    ...(known.reason === undefined ? {} : { Reason: known.reason }),
  });
}
