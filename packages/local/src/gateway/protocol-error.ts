import type { IncomingMessage, ServerResponse } from "node:http";

/** An error to be written in the protocol the caller speaks. */
export interface ProtocolError {
  readonly status: number;
  readonly code: string;
  readonly message: string;
  readonly requestId: string;
}

/** Writes an error that belongs to no service: JSON to callers that speak JSON, XML (as S3 and the query protocol) to the rest. */
export function writeProtocolError(request: IncomingMessage, response: ServerResponse, error: ProtocolError): void {
  if (response.headersSent) {
    response.destroy();
    return;
  }
  const isJson =
    request.headers["x-amz-target"] !== undefined ||
    /json/.test(request.headers["content-type"] ?? "") ||
    /^\/20\d\d-\d\d-\d\d\//.test(request.url ?? "");
  const body = isJson ? jsonBody(error) : xmlBody(error);
  response.writeHead(error.status, {
    "content-type": isJson ? "application/x-amz-json-1.0" : "application/xml",
    "content-length": Buffer.byteLength(body),
    "x-amzn-errortype": error.code,
    connection: "close",
  });
  response.end(request.method === "HEAD" ? undefined : body);
  // The body may still be on its way; it is read and dropped, so that the caller gets to read the answer.
  request.resume();
}

function jsonBody({ code, message }: ProtocolError): string {
  return JSON.stringify({ __type: code, message });
}

function xmlBody({ code, message, requestId }: ProtocolError): string {
  return `<?xml version="1.0" encoding="UTF-8"?>\n<ErrorResponse><Error><Type>Sender</Type><Code>${xmlEscaped(code)}</Code><Message>${xmlEscaped(message)}</Message></Error><Code>${xmlEscaped(code)}</Code><Message>${xmlEscaped(message)}</Message><RequestId>${xmlEscaped(requestId)}</RequestId></ErrorResponse>`;
}

/** Text as it may stand between XML tags. */
export function xmlEscaped(text: string): string {
  return text.replace(/[<>&"']/g, (character) => `&#${character.codePointAt(0)};`);
}
