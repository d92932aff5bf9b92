import { LocalAwsError } from "../gateway/local-aws-error.ts";

/** An event pattern is not valid. The reason is in AWS's words, with the place in the pattern behind it. */
export class EventPatternError extends LocalAwsError {
  constructor(path: readonly string[], reason: string) {
    const place = path.length === 0 ? "at the top" : `at ${path.join(".")}`;
    super("EventPattern", `Event pattern is not valid. Reason: ${reason} (${place})`);
  }
}
