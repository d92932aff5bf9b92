import { LonghaulError } from "../errors.ts";

/** A call to a service was not answered within its limit, or there was no time left to make it. Worth another try. */
export class CallTimeoutError extends LonghaulError {
  /** The call, such as `DynamoDB UpdateItem`. */
  readonly call: string;
  /** The limit that passed, in milliseconds. */
  readonly limitMs: number;

  constructor(call: string, limitMs: number) {
    const what = limitMs > 0 ? `was not answered within ${Math.round(limitMs)} ms` : "was not made: no time is left";
    super("CALL_TIMEOUT", `${call} ${what}.`);
    this.call = call;
    this.limitMs = limitMs;
  }
}
