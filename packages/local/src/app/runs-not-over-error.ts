import { LocalAwsError } from "../gateway/local-aws-error.ts";

/** Lines of the functions' output that the error shows. */
const MAX_LINES = 20;

/** A test waited for runs that did not end, or that never began. */
export class RunsNotOverError extends LocalAwsError {
  constructor(timeoutMs: number, runs: readonly { id: string; status: string }[], printed: readonly string[]) {
    const open = runs.filter(({ status }) => status === "running" || status === "sleeping").map(({ id }) => id);
    const what =
      runs.length === 0
        ? "No run has begun. Does what the test did start one?"
        : `${open.length} of ${runs.length} runs are not over after ${timeoutMs} ms: ${open.slice(0, 5).join(", ")}.`;
    const lines = printed.length === 0 ? "" : `\nThe functions printed last:\n${printed.slice(-MAX_LINES).join("\n")}`;
    super("RunsNotOver", what + lines);
  }
}
