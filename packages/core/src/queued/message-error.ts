import { LonghaulError } from "../errors.ts";

/** Faults of a message. Each is permanent: the same message fails again however often it is received. */
export type MessageFault =
  /** The body, or the message that SNS wrapped, is not JSON. */
  | "MESSAGE_NOT_JSON"
  /** It is JSON, but none of the four envelopes. */
  | "MESSAGE_UNKNOWN"
  /** It announces another event than an upload. */
  | "MESSAGE_NO_UPLOAD"
  | "MESSAGE_NO_BUCKET"
  | "MESSAGE_NO_KEY"
  /** The key is not URL-encoded, no Unicode text, or longer than S3 takes. */
  | "MESSAGE_BAD_KEY";

/** A message, or a part of one, that names no file. Receiving it again changes nothing, so it is dead-lettered. */
export class MessageError extends LonghaulError {
  readonly fault: MessageFault;

  constructor(fault: MessageFault, message: string, options?: { readonly cause?: unknown }) {
    super(fault, message, options);
    this.fault = fault;
  }
}
