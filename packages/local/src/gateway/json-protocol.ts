import type { IncomingMessage, ServerResponse } from "node:http";

/** An error as a service of the JSON 1.0 protocol words it. */
export interface JsonProtocolError {
  /** The shape name the SDK turns into an error class. */
  readonly code: string;
  /** The code of the older query protocol, which AWS still sends in `x-amzn-query-error`. */
  readonly queryCode: string;
  readonly message: string;
}

/** What follows the service's prefix in `X-Amz-Target`; `undefined` without that header, as in the query protocol. */
export function operationNameOf({ headers }: Pick<IncomingMessage, "headers">): string | undefined {
  const target = headers["x-amz-target"];
  return typeof target === "string" ? target.slice(target.indexOf(".") + 1) : undefined;
}

/**
 * The operation that a request asks for.
 *
 * @param service What the service is called in messages.
 * @throws what `unknownOperation` makes of a message, if the operation is not served or the protocol is another.
 */
export function operationOf<Operation>(
  request: Pick<IncomingMessage, "headers">,
  service: string,
  operations: ReadonlyMap<string, Operation>,
  unknownOperation: (message: string) => Error,
): Operation {
  const name = operationNameOf(request);
  if (name === undefined) {
    throw unknownOperation(
      `The embedded ${service} speaks the JSON protocol (X-Amz-Target); the query protocol is not served.`,
    );
  }
  const operation = operations.get(name);
  if (!operation) throw unknownOperation(`The embedded ${service} does not serve ${name.slice(0, 80)}.`);
  return operation;
}

/** Writes an answer, unless the caller is gone. */
export function writeJson(response: ServerResponse, status: number, answer: unknown): void {
  if (response.destroyed) return;
  const body = JSON.stringify(answer);
  response.writeHead(status, {
    "content-type": "application/x-amz-json-1.0",
    "content-length": Buffer.byteLength(body),
  });
  response.end(body);
}

/** Writes an error, unless the caller is gone; `namespace` is that of its shape, as in `com.amazonaws.sqs`. */
export function writeJsonError(
  response: ServerResponse,
  status: number,
  namespace: string,
  { code, queryCode, message }: JsonProtocolError,
): void {
  response.setHeader("x-amzn-query-error", `${queryCode};Sender`);
  writeJson(response, status, { __type: `${namespace}#${code}`, message });
}
