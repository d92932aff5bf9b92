import type { IncomingHttpHeaders, OutgoingHttpHeaders } from "node:http";
import type { ServiceCall } from "../gateway/service.ts";
import type { OperationName, RequestTarget } from "./route.ts";
import { S3Error } from "./s3-error.ts";
import { element } from "./xml-text.ts";

/** One call of an S3 operation. */
export interface S3Call extends RequestTarget {
  readonly operation: OperationName;
  /** Headers of the request, and those that a presigned URL carries in its query. */
  readonly headers: IncomingHttpHeaders;
  readonly service: ServiceCall;
}

/** The value of a request header; several are joined, as HTTP allows. */
export function headerOf(call: S3Call, name: string): string | undefined {
  const value = call.headers[name];
  return Array.isArray(value) ? value.join(", ") : value;
}

/** Answers without a body. */
export function sendEmpty(call: S3Call, status: number, headers: OutgoingHttpHeaders = {}): void {
  call.service.response.writeHead(status, headers).end();
}

/** Answers with an XML document. */
export function sendXml(call: S3Call, document: string, headers: OutgoingHttpHeaders = {}): void {
  const bytes = Buffer.from(document, "utf8");
  call.service.response
    .writeHead(200, { ...headers, "content-type": "application/xml", "content-length": bytes.length })
    .end(bytes);
}

/** Answers with an error in S3's form: XML, except where HTTP or S3 sends no body. */
export function sendError(service: ServiceCall, error: S3Error, resource: string): void {
  const { request, response } = service;
  if (response.headersSent || response.destroyed) {
    response.destroy();
    return;
  }
  // The rest of the request is read and dropped, so that the client reads the answer.
  if (!request.complete) request.resume();
  if (request.method === "HEAD" || error.status === 304) {
    response.writeHead(error.status, error.headers).end();
    return;
  }
  let content = element("Code", error.code) + element("Message", error.message);
  for (const [name, value] of Object.entries(error.details)) content += element(name, value);
  content +=
    element("Resource", resource) + element("RequestId", service.requestId) + element("HostId", service.requestId);
  const bytes = Buffer.from(`<?xml version="1.0" encoding="UTF-8"?>\n<Error>${content}</Error>`, "utf8");
  response
    .writeHead(error.status, { ...error.headers, "content-type": "application/xml", "content-length": bytes.length })
    .end(bytes);
}

/**
 * Reads a whole number from the query.
 *
 * @throws S3Error `InvalidArgument` for anything that is not a whole number between `least` and `most`.
 */
export function queryInteger(
  call: S3Call,
  name: string,
  bounds: { readonly least: number; readonly most: number; readonly otherwise: number },
): number {
  const text = call.query.get(name);
  if (text === undefined || text === "") return bounds.otherwise;
  const value = /^-?[0-9]{1,10}$/.test(text) ? Number(text) : Number.NaN;
  if (value >= bounds.least && value <= bounds.most) return value;
  throw new S3Error(
    "InvalidArgument",
    `Argument ${name} must be an integer between ${bounds.least} and ${bounds.most}`,
    { ArgumentName: name, ArgumentValue: text },
  );
}
