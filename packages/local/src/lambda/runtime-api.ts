import { timingSafeEqual } from "node:crypto";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { refusalOf } from "../gateway/browser-guard.ts";
import { serverTimeouts } from "../gateway/server-timeouts.ts";

/** Largest response of a function, in bytes. https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html */
export const MAX_RESPONSE_BYTES = 6_291_556;

/** Variable by which a runtime learns the token of its sandbox, and header by which it proves that it has it. */
export const TOKEN_VARIABLE = "LONGHAUL_RUNTIME_TOKEN";
export const TOKEN_HEADER = "x-longhaul-runtime-token";

/** An invocation as a runtime receives it. */
export interface RuntimeInvocation {
  readonly requestId: string;
  readonly payload: string;
  readonly deadlineMs: number;
  readonly invokedFunctionArn: string;
  readonly traceHeader: string;
  /** JSON text. */
  readonly clientContext: string | undefined;
}

/** Messages of a runtime to its sandbox. */
export interface RuntimeListener {
  /** It asks for the next invocation: initialised, or done with the last one. */
  onNext(): void;
  /** Its answer; `undefined` if it was larger than {@link MAX_RESPONSE_BYTES}. Returns whether that request is open. */
  onResponse(requestId: string, body: string | undefined): boolean;
  onError(requestId: string, body: string): boolean;
  onInitError(body: string): void;
}

/** One sandbox's end of the Lambda Runtime API. */
export interface RuntimeApi {
  /** `127.0.0.1:port`, for `AWS_LAMBDA_RUNTIME_API`. */
  readonly address: string;
  /** Answers the open `/next`. */
  hand(invocation: RuntimeInvocation): void;
  close(): void;
}

const PATH = /^\/2018-06-01\/runtime\/(?:invocation\/(next)|invocation\/([^/]+)\/(response|error)|init\/(error))$/;

/**
 * Opens a listener on a loopback port of its own: a runtime knows its sandbox by host and port alone.
 *
 * @param token - what every request must carry; `undefined` for runtimes that are not ours, and know of none.
 * @param headersTimeoutMs - see {@link serverTimeouts}.
 */
export async function openRuntimeApi(
  token: string | undefined,
  listener: RuntimeListener,
  headersTimeoutMs?: number,
): Promise<RuntimeApi> {
  let pending: ServerResponse | undefined;

  // A frozen or busy runtime leaves its connection silent for as long as it likes.
  const timeouts = serverTimeouts({ keepAliveTimeoutMs: 0, headersTimeoutMs });
  const server = createServer(timeouts, (request, response) => {
    const refusal = refusalOf(request.headers) ?? (isProven(request, token) ? undefined : "The token is missing.");
    if (refusal !== undefined) {
      request.resume();
      answer(response, 403, { errorType: "Forbidden", errorMessage: refusal });
      return;
    }
    const match = PATH.exec(request.url ?? "");
    const requestId = decodeURIComponent(match?.[2] ?? "");
    if (request.method === "GET" && match?.[1]) {
      pending = response;
      listener.onNext();
    } else if (request.method === "POST" && match?.[4]) {
      readText(request, MAX_RESPONSE_BYTES, (text) => {
        answer(response, 202, { status: "OK" });
        listener.onInitError(text ?? "");
      });
    } else if (request.method === "POST" && match?.[3]) {
      readText(request, MAX_RESPONSE_BYTES, (text) => {
        const isOpen =
          match[3] === "error" ? listener.onError(requestId, text ?? "") : listener.onResponse(requestId, text);
        if (!isOpen) answer(response, 400, { errorType: "InvalidRequestID", errorMessage: "Invalid request ID" });
        else if (text === undefined) {
          answer(response, 413, {
            errorType: "RequestEntityTooLarge",
            errorMessage: "Exceeded maximum allowed payload size",
          });
        } else answer(response, 202, { status: "OK" });
      });
    } else {
      request.resume();
      answer(response, 404, { errorType: "NotFound", errorMessage: `No such path in the Runtime API: ${request.url}` });
    }
  });
  server.on("connection", (socket) => socket.setNoDelay(true));

  await new Promise<void>((resolve, reject) => {
    server.once("error", reject);
    server.listen(0, "127.0.0.1", resolve);
  });
  const { port } = server.address() as AddressInfo;

  return {
    address: `127.0.0.1:${port}`,
    hand(invocation) {
      const response = pending;
      pending = undefined;
      response?.writeHead(200, {
        "Content-Type": "application/json",
        "Content-Length": Buffer.byteLength(invocation.payload),
        "Lambda-Runtime-Aws-Request-Id": invocation.requestId,
        "Lambda-Runtime-Deadline-Ms": String(invocation.deadlineMs),
        "Lambda-Runtime-Invoked-Function-Arn": invocation.invokedFunctionArn,
        "Lambda-Runtime-Trace-Id": invocation.traceHeader,
        ...(invocation.clientContext === undefined
          ? {}
          : { "Lambda-Runtime-Client-Context": invocation.clientContext }),
      });
      response?.end(invocation.payload);
    },
    close() {
      server.close();
      server.closeAllConnections();
    },
  };
}

function isProven({ headers }: IncomingMessage, token: string | undefined): boolean {
  const sent = headers[TOKEN_HEADER];
  if (token === undefined) return true;
  return (
    typeof sent === "string" && sent.length === token.length && timingSafeEqual(Buffer.from(sent), Buffer.from(token))
  );
}

function answer(response: ServerResponse, status: number, body: object): void {
  const text = JSON.stringify(body);
  response.writeHead(status, { "Content-Type": "application/json", "Content-Length": Buffer.byteLength(text) });
  response.end(text);
}

function readText(request: IncomingMessage, maxBytes: number, done: (text: string | undefined) => void): void {
  const chunks: Buffer[] = [];
  let bytes = 0;
  request.on("data", (chunk: Buffer) => {
    bytes += chunk.length;
    if (bytes <= maxBytes) chunks.push(chunk);
    else chunks.length = 0;
  });
  request.on("end", () => done(bytes <= maxBytes ? Buffer.concat(chunks).toString("utf8") : undefined));
}
