import { S3Error } from "./s3-error.ts";

const CR = 13;
const LF = 10;
/** A chunk header or trailer line longer than this is an error, so that no line is collected without end. */
const MAX_LINE_BYTES = 16 * 1024;

/**
 * Decodes `aws-chunked` content, in whatever pieces it arrives: chunks with or without signatures, then trailers.
 * Signatures are skipped; the checksums in the trailer are for the caller to verify.
 *
 * @see https://docs.aws.amazon.com/AmazonS3/latest/API/sigv4-streaming-trailers.html
 */
export class AwsChunkedDecoder {
  /** Trailer fields by lower-case name, complete once {@link isComplete}. */
  readonly trailers = new Map<string, string>();
  #state: "header" | "data" | "dataEnd" | "trailer" | "done" = "header";
  #remainingBytes = 0;
  #line = "";

  /** Whether the last chunk and all trailers have been read. */
  get isComplete(): boolean {
    return this.#state === "done";
  }

  /**
   * Takes the next piece and returns the payload in it, as views on `input`.
   *
   * @throws S3Error `InvalidRequest` for a broken framing.
   */
  push(input: Buffer): Buffer[] {
    const payload: Buffer[] = [];
    let at = 0;
    while (at < input.length) {
      if (this.#state === "data") {
        const end = Math.min(input.length, at + this.#remainingBytes);
        payload.push(input.subarray(at, end));
        this.#remainingBytes -= end - at;
        at = end;
        if (this.#remainingBytes === 0) this.#state = "dataEnd";
        continue;
      }
      if (this.#state === "done") break;
      const newline = input.indexOf(LF, at);
      const end = newline === -1 ? input.length : newline;
      this.#line += input.toString("latin1", at, end);
      if (this.#line.length > MAX_LINE_BYTES) throw broken("a line is too long");
      at = end + 1;
      if (newline !== -1) this.#endLine();
    }
    return payload;
  }

  /** @throws S3Error `IncompleteBody` where the content ends in the middle of a chunk or before the last one. */
  end(): void {
    // The final empty line is optional: some clients end the content right after the last chunk or trailer line.
    if (this.#state === "trailer") {
      if (this.#line !== "") this.#endLine();
      this.#state = "done";
    }
    if (this.#state !== "done") throw new S3Error("IncompleteBody");
  }

  #endLine(): void {
    const raw = this.#line;
    this.#line = "";
    const line = raw.charCodeAt(raw.length - 1) === CR ? raw.slice(0, -1) : raw;
    switch (this.#state) {
      case "header": {
        const match = /^([0-9a-fA-F]{1,12})\s*(?:;.*)?$/.exec(line);
        if (match === null) throw broken("a chunk does not begin with its size");
        this.#remainingBytes = Number.parseInt(match[1]!, 16);
        this.#state = this.#remainingBytes === 0 ? "trailer" : "data";
        return;
      }
      case "dataEnd":
        if (line !== "") throw broken("a chunk is longer than its size");
        this.#state = "header";
        return;
      case "trailer": {
        if (line === "") {
          this.#state = "done";
          return;
        }
        const colon = line.indexOf(":");
        if (colon < 1) throw broken("a trailer has no name");
        this.trailers.set(line.slice(0, colon).trim().toLowerCase(), line.slice(colon + 1).trim());
        return;
      }
      case "data":
      case "done":
        return;
    }
  }
}

function broken(what: string): S3Error {
  return new S3Error("InvalidRequest", `The aws-chunked content is malformed: ${what}.`);
}
