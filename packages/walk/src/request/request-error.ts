import { LonghaulError } from "@longhaul/core";

/** The event asks for a walk that cannot be made. */
export class WalkRequestError extends LonghaulError {
  override readonly isPermanent = true;
  /** The field at fault, as `filter.minBytes`. */
  readonly field: string;

  constructor(field: string, message: string) {
    super("WALK_REQUEST", `The event's ${field} ${message}`);
    this.field = field;
  }
}
