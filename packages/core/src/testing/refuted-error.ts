import { LonghaulError } from "../errors.ts";
import { formatScript, type ScriptedFault } from "./fault-script.ts";
import { formatTrace } from "./format-trace.ts";
import type { TraceEvent } from "./trace.ts";
import type { CoveredFaults } from "./verify-options.ts";

/** Events that explain nothing in a trace of a few faults. */
const QUIET: ReadonlySet<TraceEvent["type"]> = new Set(["frozen", "works-on", "safe-point", "swept", "step"]);

/** Lines of a long trace that the message shows: how it came about, and its end. */
const [FIRST_LINES, LAST_LINES] = [30, 12];

/** An invariant does not hold for a handler. No trial with fewer faults shows it. */
export class RefutedError extends LonghaulError {
  /** The message of the invariant that fell. */
  readonly finding: string;
  /** The faults that bring it about; none if it falls without any. */
  readonly faults: readonly ScriptedFault[];
  /** {@link faults} as text, for `replay`. */
  readonly replay: string;
  /** The finding and the trace, for people. */
  readonly report: string;
  /** Everything that happened in the trial. */
  readonly trace: readonly TraceEvent[];
  /** The trials up to this one. */
  readonly covered: readonly CoveredFaults[];

  constructor(cause: unknown, trial: Pick<RefutedError, "faults" | "trace" | "covered">) {
    const finding = cause instanceof Error ? cause.message : String(cause);
    const { faults, trace, covered } = trial;
    const replay = formatScript(faults);
    const lines = formatTrace(trace.filter(({ type }) => !QUIET.has(type))).split("\n");
    const left = lines.length - FIRST_LINES - LAST_LINES;
    if (left > 1) lines.splice(FIRST_LINES, left, `... ${left} events ...`);
    const shown = lines.join("\n");
    const report = `${withFaults(faults)} ${finding}\n${shown}`;
    super("REFUTED", `${report}\nReplay: ${replay === "" ? "no faults" : replay}`);
    this.report = report;
    this.cause = cause;
    this.finding = finding;
    this.faults = faults;
    this.replay = replay;
    this.trace = trace;
    this.covered = covered;
  }
}

function withFaults(faults: readonly ScriptedFault[]): string {
  if (faults.length === 0) return "Refuted without a fault:";
  return `Refuted by ${faults.length === 1 ? "1 fault" : `${faults.length} faults`} (${faults.map(({ fault }) => fault).join(", ")}):`;
}
