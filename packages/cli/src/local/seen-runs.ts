import type { LambdaEvents } from "@longhaul/local";
import type { RunEventFields } from "@longhaul/local/testing";
import type { HopHistory, RunHistory } from "../report/run-history.ts";
import type { SaidOutcome } from "./said-outcome.ts";
import { countersIn, numberIn, textIn } from "./untrusted-fields.ts";

/** One of a job's runs, as seen so far. */
interface SeenRun {
  isOver: boolean;
  /** Whether an invocation answered for it, beside lines that a function printed. */
  isAnswered: boolean;
  /** The last progress that the work reported. */
  progress: Readonly<Record<string, number>>;
  costUsd: number;
}

/** How a run ended that did not end by itself. */
export interface BadEnd {
  readonly status: "stopped" | "failed";
  readonly reason: string;
}

/** Events of a run that continues: it is not over, whatever else was printed. */
const GOES_ON = new Set(["hop.start", "checkpoint", "handoff"]);

/** The runs of a job, as far as they have been seen, and the history that is made of what they say. */
export class SeenRuns {
  readonly #history: RunHistory;
  readonly #runs = new Map<string, SeenRun>();

  constructor(history: RunHistory) {
    this.#history = history;
  }

  get count(): number {
    return this.#runs.size;
  }

  /** Ids of runs that are not known to be over. */
  get open(): string[] {
    return [...this.#runs].flatMap(([run, { isOver }]) => (isOver ? [] : [run]));
  }

  markOver(run: string): void {
    this.#runOf(run).isOver = true;
  }

  /**
   * Forgets a run without a record if it is none: a function may print lines that look like events of one. There has to be
   * another that is one: it is over, where runs have records, and where they have none, an invocation answered for it.
   */
  forgetIfOnlyPrinted(run: string, haveRecords: boolean): void {
    const others = [...this.#runs].flatMap(([id, seen]) => (id === run ? [] : [seen]));
    const isReal = haveRecords ? !others.some(({ isOver }) => isOver) : !others.some(({ isAnswered }) => isAnswered);
    if (isReal || this.#runOf(run).isAnswered) return;
    this.#runs.delete(run);
    const { hops } = this.#history;
    hops.splice(0, hops.length, ...hops.filter((hop) => hop.run !== run));
  }

  /** Takes in what the function said of a hop; answers with how its run ended, if badly. */
  note(hop: HopHistory, said: RunEventFields): BadEnd | undefined {
    const history = this.#history;
    hop.run = said.run;
    history.run ||= said.run;
    hop.hop = said.hop;
    hop.steps = numberIn(said, "steps") ?? hop.steps;
    const remainingMs = numberIn(said, "remainingMs");
    if (remainingMs !== undefined) hop.unusedMs = remainingMs;
    const run = this.#runOf(said.run);
    if (GOES_ON.has(said.type)) run.isOver = false;
    // A hop that was killed just after the end cannot say so; the next one finds the run over.
    if (said.type === "done" || (said.type === "duplicate" && said.refusal === "over")) run.isOver = true;
    const costUsd = numberIn(said, "costUsd");
    if (costUsd !== undefined) hop.costUsd = costUsd;
    run.costUsd = Math.max(run.costUsd, costUsd ?? 0);
    history.costUsd = [...this.#runs.values()].reduce((sum, { costUsd }) => sum + costUsd, 0);
    const pausedMs = this.#noteProgress(run, said).pausedMs;
    if (pausedMs !== undefined) hop.pausedMs = pausedMs;
    switch (said.type) {
      case "hop.start":
        hop.attempt = Math.max(hop.attempt, numberIn(said, "attempt") ?? 1);
        assignNumbers(hop, said, { windowMs: "windowMs", reserveMs: "reserveMs" });
        break;
      case "handoff":
        hop.status = "continued";
        hop.cause = textIn(said, "cause") ?? "budget";
        assignNumbers(hop, said, { handOffMs: "durationMs" });
        break;
      case "done":
      case "duplicate":
        hop.status = said.type;
        break;
      case "stopped":
        hop.status = said.type;
        return badEnd(textIn(said, "phase") ?? "stopped", textIn(said, "message") ?? "It was stopped.");
      case "error":
        hop.error = `${textIn(said, "code") ?? "ERROR"}: ${textIn(said, "message") ?? ""}`;
        break;
    }
    return undefined;
  }

  /** Takes in what an invocation answered: it holds for functions that log nothing, too. */
  noteOutcome(hop: HopHistory, outcome: SaidOutcome): BadEnd | undefined {
    hop.run = outcome.run;
    this.#history.run ||= outcome.run;
    hop.hop = outcome.hop;
    const run = this.#runOf(outcome.run);
    run.isAnswered = true;
    if (outcome.status === "continued" || outcome.status === "done" || outcome.status === "duplicate") {
      hop.status = outcome.status;
      if (outcome.status === "done") run.isOver = true;
      return undefined;
    }
    hop.status = "stopped";
    return badEnd(outcome.status, outcome.message);
  }

  #noteProgress(run: SeenRun, said: RunEventFields): Readonly<Record<string, number>> {
    const progress = countersIn(said, "progress");
    const atMs = numberIn(said, "at");
    if (atMs === undefined || Object.keys(progress).length === 0) return progress;
    run.progress = progress;
    const sum: Record<string, number> = {};
    for (const each of this.#runs.values()) {
      for (const [name, count] of Object.entries(each.progress)) sum[name] = (sum[name] ?? 0) + count;
    }
    this.#history.samples.push({ atMs, progress: sum, run: said.run, runProgress: progress });
    return progress;
  }

  #runOf(id: string): SeenRun {
    const run = this.#runs.get(id) ?? { isOver: false, isAnswered: false, progress: {}, costUsd: 0 };
    this.#runs.set(id, run);
    return run;
  }
}

/** How a run ended that a guard, a request or a permanent error ended. `paused` waits for someone to resume it. */
function badEnd(status: string, message: string): BadEnd | undefined {
  if (status === "failed") return { status, reason: message };
  if (status === "paused") return { status: "stopped", reason: `It is paused: ${message}` };
  return status === "stopped" ? { status, reason: message } : undefined;
}

function assignNumbers(
  hop: HopHistory,
  said: RunEventFields,
  names: Readonly<Partial<Record<"windowMs" | "reserveMs" | "handOffMs", string>>>,
): void {
  for (const [field, name] of Object.entries(names) as ["windowMs" | "reserveMs" | "handOffMs", string][]) {
    const value = numberIn(said, name);
    if (value !== undefined) hop[field] = value;
  }
}

/** The hop of a run among those of an invocation; a new one if all are other runs'. */
export function hopOf(hops: HopHistory[], run: string, nowMs: number): HopHistory {
  const known = hops.find((hop) => hop.run === run || hop.run === "");
  if (known) return known;
  const [{ requestId, attempt, sandboxId }] = hops as [HopHistory];
  const begun = { cold: false, startedAtMs: nowMs, status: "running", steps: 0 } as const;
  const hop: HopHistory = { requestId, run, hop: -1, attempt, sandboxId, ...begun };
  hops.push(hop);
  return hop;
}

/** Takes in what the platform said of the end of a hop's invocation. */
export function endHop(
  history: RunHistory,
  hop: HopHistory,
  endedAtMs: number,
  event: LambdaEvents["invoke.end"],
): void {
  hop.endedAtMs = endedAtMs;
  hop.billedMs = event.billedMs;
  if (event.initMs !== undefined && hop.cold) hop.initMs = event.initMs;
  if (event.maxMemoryMb !== undefined) hop.maxMemoryMb = event.maxMemoryMb;
  if (event.status !== "ok") {
    hop.status = event.status;
    if (event.error !== undefined) hop.error = event.error;
  } else if (hop.hop === -1) {
    // It did something else, such as taking messages from a queue.
    history.hops.splice(history.hops.indexOf(hop), 1);
  } else if (hop.status === "running") {
    hop.status = "duplicate";
  }
}
