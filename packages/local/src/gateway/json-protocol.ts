import type { IncomingMessage, ServerResponse } from "node:http";
import { type Inputs, unservedInput, unservedMessage } from "./inputs.ts";
import { xmlEscaped } from "./protocol-error.ts";
import type { Fields } from "./request-fields.ts";

/** An error as a service of the JSON 1.0 protocol words it. */
export interface JsonProtocolError {
  /** The shape name the SDK turns into an error class. */
  readonly code: string;
  /** The code of the older query protocol, which AWS still sends in `x-amzn-query-error`. */
  readonly queryCode: string;
  readonly message: string;
}

/** The operation behind the service's prefix in `X-Amz-Target`; `undefined` without that header, as in the query protocol. */
export function operationNameOf({ headers }: Pick<IncomingMessage, "headers">): string | undefined {
  const target = headers["x-amz-target"];
  return typeof target === "string" ? target.slice(target.indexOf(".") + 1) : undefined;
}

/** An operation of a service, with the one list of what it takes. */
export interface ServedOperation<Run> {
  readonly run: Run;
  readonly inputs: Inputs;
}

/**
 * The operation that a request asks for.
 *
 * @param service What the service is called in messages.
 * @throws what `unknownOperation` makes of a message, if the operation is not served or the protocol is another.
 */
export function operationOf<Operation extends object>(
  request: Pick<IncomingMessage, "headers">,
  service: string,
  operations: Readonly<Record<string, Operation>>,
  unknownOperation: (message: string) => Error,
): Operation & { readonly name: string } {
  const name = operationNameOf(request);
  if (name === undefined) {
    throw unknownOperation(
      `The embedded ${service} speaks the JSON protocol (X-Amz-Target); the query protocol of older SDKs is not served.`,
    );
  }
  const operation = Object.hasOwn(operations, name) ? operations[name] : undefined;
  if (!operation) throw unknownOperation(`The embedded ${service} does not serve ${name.slice(0, 80)}.`);
  return { ...operation, name };
}

/**
 * Refuses fields of a request that its operation does not serve.
 *
 * @param service What the service is called in messages.
 * @throws what `refusal` makes of a message that names the first of them.
 */
export function checkFields(
  service: string,
  operation: { readonly name: string; readonly inputs: Inputs },
  fields: Fields,
  refusal: (message: string) => Error,
): void {
  const unserved = unservedInput(operation.inputs, fields);
  if (unserved !== undefined) throw refusal(unservedMessage(service, operation.name, "parameter", unserved));
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

/** The form in which an error is written. */
interface ErrorForm {
  readonly status: number;
  /** That of the error's shape, as in `com.amazonaws.sqs`. */
  readonly namespace: string;
  /** XML namespace of the service's query protocol. */
  readonly queryNamespace: string;
  readonly requestId: string;
}

/** Writes an error in the caller's protocol, JSON or XML of the older query protocol, unless the caller is gone. */
export function writeServiceError(
  request: Pick<IncomingMessage, "headers">,
  response: ServerResponse,
  { status, namespace, queryNamespace, requestId }: ErrorForm,
  { code, queryCode, message }: JsonProtocolError,
): void {
  response.setHeader("x-amzn-query-error", `${queryCode};Sender`);
  if (operationNameOf(request) !== undefined) {
    writeJson(response, status, { __type: `${namespace}#${code}`, ...(message !== "" && { message }) });
    return;
  }
  if (response.destroyed) return;
  const body = `<?xml version="1.0"?>\n<ErrorResponse xmlns="${queryNamespace}"><Error><Type>Sender</Type><Code>${xmlEscaped(queryCode)}</Code><Message>${xmlEscaped(message)}</Message><Detail/></Error><RequestId>${xmlEscaped(requestId)}</RequestId></ErrorResponse>`;
  response.writeHead(status, { "content-type": "text/xml", "content-length": Buffer.byteLength(body) });
  response.end(body);
}
