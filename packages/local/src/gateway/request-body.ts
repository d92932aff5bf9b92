import type { IncomingMessage } from "node:http";

/** A request body was larger than its service takes. */
export class RequestTooLarge extends Error {
  readonly code = "RequestEntityTooLarge";
  constructor(maxBytes: number) {
    super(`The request body is larger than ${maxBytes} bytes.`);
    this.name = "RequestTooLarge";
  }
}

/**
 * Reads a request body into memory.
 *
 * @throws {RequestTooLarge} beyond `maxBytes`.
 */
export function readBody(request: IncomingMessage, maxBytes: number): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    let bytes = 0;
    request.on("data", (chunk: Buffer) => {
      bytes += chunk.length;
      if (bytes <= maxBytes) chunks.push(chunk);
      else {
        chunks.length = 0;
        reject(new RequestTooLarge(maxBytes));
      }
    });
    request.on("end", () => resolve(chunks.length === 1 && chunks[0] ? chunks[0] : Buffer.concat(chunks)));
    request.on("error", reject);
    request.on("close", () => {
      if (request.complete) return;
      reject(new Error("The caller closed the connection before its request was complete."));
    });
  });
}
