import { LonghaulError } from "@longhaul/core";

/** What is wrong with a message; each is for good: the same message fails again however often it is received. */
export type EnvelopeFault =
  /** The body, or the message that SNS wrapped, is not JSON. */
  | "MESSAGE_NOT_JSON"
  /** It is JSON, but none of the four envelopes. */
  | "MESSAGE_UNKNOWN"
  /** It says that something else happened than an upload. */
  | "MESSAGE_NO_UPLOAD"
  | "MESSAGE_NO_BUCKET"
  | "MESSAGE_NO_KEY"
  /** The key is not URL-encoded, no Unicode text, or longer than S3 takes. */
  | "MESSAGE_BAD_KEY";

/** A message that names no file. Receiving it again changes nothing, so it belongs in the DLQ at once. */
export class EnvelopeError extends LonghaulError {
  readonly fault: EnvelopeFault;

  constructor(fault: EnvelopeFault, message: string, options?: { readonly cause?: unknown }) {
    super(fault, message, options);
    this.fault = fault;
  }
}
