import { timeBox } from "../calls/time-box.ts";
import { errorPage } from "../error-page.ts";
import { ConfigError, isPermanent } from "../errors.ts";
import { errorFields, reasonOfError } from "../observe/notify.ts";
import { within } from "../pump.ts";
import { sendAtWaking, sendWithRetry } from "../recursion/driver.ts";
import type { Envelope } from "../recursion/envelope.ts";
import type { StopReason } from "../recursion/guards.ts";
import { composeEvent } from "../recursion/next-event.ts";
import { type Outcome, RunFailedError, RunStoppedError } from "../recursion/outcome.ts";
import { tellingPart } from "../recursion/telling-part.ts";
import { plainJson, utf8Bytes } from "../state/json.ts";
import { PHASE_OF } from "../state/run-lease.ts";
import type { EndReason } from "../state/run-store.ts";
import { spillWithin } from "../state/spill.ts";
import type { EnteredHop } from "./enter.ts";
import type { Invocation } from "./invocation.ts";
import type { Reporter } from "./reporter.ts";
import { tellEnd } from "./tell-end.ts";
import type { WorkEnd } from "./work.ts";

/** The share of the time left that the record's write may take at a hand-off; the rest is for the event. */
const RECORD_SHARE = 2 / 3;

/** Ends a hop by how its work ended: hands the run off, or ends it. */
export async function endHop<Event, State, Result>(
  invocation: Invocation<Event, State, Result>,
  entered: EnteredHop<State, Result>,
  end: WorkEnd<State, Result>,
): Promise<Outcome<Result>> {
  switch (end.kind) {
    case "fenced":
      return fenced(entered);
    case "stop":
      return stopRun(invocation, entered, end.reason);
    case "returned":
      return finishRun(invocation, entered, end.result);
    case "continue":
      return continueRun(invocation, entered, end);
  }
}

/**
 * Ends a hop whose work threw. An error that trying again cannot help ends the run, where a record can say so; any other is
 * thrown on, so that the platform keeps the event, and the lease is given back.
 */
export async function failRun<Event, State, Result>(
  invocation: Invocation<Event, State, Result>,
  entered: EnteredHop<State, Result>,
  error: unknown,
): Promise<Outcome<Result>> {
  const { settings, container, context, remainingMs } = invocation;
  const { hop, lease, accounts, reporter } = entered;
  const reason = reasonOfError(error);
  const isOver = isPermanent(error) && !hop.hasEnded;
  if (isOver && (lease || settings.driver.returnsContinuation)) {
    reporter.error(error);
    try {
      const answer = await lease?.fail(reason, accounts.now(), remainingMs);
      if (answer?.ok === false) return fenced(entered);
    } catch (unwritten) {
      // The record does not say so yet: the platform's retry tries again, and fails again.
      reporter.error(unwritten);
      throw error;
    }
    hop.end();
    reporter.emit({ type: "stopped", phase: "failed", ...errorFields(error) });
    if (settings.onEnd) await tellEnd(invocation, hop.run, reporter);
    return answerFailed(invocation, reporter, reason, error);
  }
  if (isOver) container.ended.add(hop, context, error);
  await lease?.release(error, reason, accounts.now(), remainingMs);
  throw error;
}

/** The answer for a run that failed; or the error, where that brings the event to a dead letter. */
function answerFailed<Event, State, Result>(
  { settings, context }: Invocation<Event, State, Result>,
  reporter: Reporter<Result>,
  reason: EndReason,
  error: unknown,
): Outcome<Result> {
  if (settings.driver.hasDeadLetter && !context.readsOutcome) throw error;
  return reporter.outcome({ status: "failed", message: reason.message, reason });
}

function fenced<State, Result>({ hop, reporter }: EnteredHop<State, Result>): Outcome<Result> {
  hop.end();
  reporter.emit({ type: "duplicate", refusal: "fenced" });
  const message = "not this invocation's any more: another one has the run";
  return reporter.outcome({ status: "duplicate", refusal: "fenced", message });
}

async function finishRun<Event, State, Result>(
  invocation: Invocation<Event, State, Result>,
  entered: EnteredHop<State, Result>,
  returned: Result,
): Promise<Outcome<Result>> {
  const { settings, remainingMs } = invocation;
  const { hop, lease, accounts, reporter } = entered;
  const json = returned === undefined ? undefined : plainJson(returned, "result");
  const stats = accounts.now();
  const answer = await lease?.finish(json, stats, remainingMs);
  if (answer?.ok === false) return fenced(entered);
  hop.end();
  try {
    // Lets the work delete what no state needs any more. It holds up nothing but a share of the time that is left.
    await within(settings.host, remainingMs() / 2, hop.onSaved?.(undefined));
  } catch (error) {
    reporter.error(error);
  }
  reporter.emit({ type: "done", costUsd: stats.costUsd });
  if (settings.onEnd) await tellEnd(invocation, hop.run, reporter);
  // As a caller gets it, whether it comes from here or from the record.
  const result = (json === undefined ? undefined : JSON.parse(json)) as Result;
  return reporter.outcome({ status: "done", message: "all done", result });
}

/** Hands the run off from its last safe point: first the record, then the event. */
async function continueRun<Event, State, Result>(
  { settings, container, context, remainingMs }: Invocation<Event, State, Result>,
  entered: EnteredHop<State, Result>,
  end: WorkEnd<State, Result> & { readonly kind: "continue" },
): Promise<Outcome<Result>> {
  const { driver, host, stateKey, stateVersion, seal, spill } = settings;
  const { hop, base, lease, record, accounts, startedAtMs, pin, target, reporter } = entered;
  const { state, cause, wakeAtMs, leftMs } = end;
  if (wakeAtMs !== undefined && !lease && !driver.returnsContinuation) {
    throw new ConfigError("A run that sleeps needs a RunStore, or a caller that waits (callerDriver).");
  }
  const tenantId = record?.tenantId ?? context.tenantId;
  const stats = accounts.now(end.isSame ? settings.limits.maxStalledHops : 0);
  const envelope: Envelope = {
    v: 1,
    run: hop.run,
    hop: hop.number + 1,
    startedAt: startedAtMs,
    stats,
    ...(stateVersion !== undefined && { stateVersion }),
    ...(pin !== undefined && { pinned: pin }),
  };
  const budgetMs = timeBox(remainingMs, remainingMs() * RECORD_SHARE);
  try {
    const next = await composeEvent({
      base,
      stateKey,
      state,
      envelope,
      codec: { stateVersion, seal, spill: spill && spillWithin(spill, host, budgetMs) },
      maxBytes: driver.maxBytes,
      channel: `the ${driver.name} driver`,
      isRecorded: lease !== undefined,
    });
    const answer = await lease?.handOff(state, stats, budgetMs, wakeAtMs);
    if (answer?.ok === false) return fenced(entered);
    // From here on the run belongs to the next hop, whether or not the event arrives.
    hop.end();
    const message = { run: hop.run, hop: envelope.hop, target, tenantId, ...next };
    if (wakeAtMs === undefined) await sendWithRetry(driver, message, host, remainingMs);
    else await sendAtWaking(driver, message, wakeAtMs, host, remainingMs).catch((error) => reporter.error(error));
    const durationMs = Math.max(0, leftMs - remainingMs());
    const bytes = utf8Bytes(next.payload);
    reporter.emit({ type: "handoff", cause, driver: driver.name, durationMs, bytes, costUsd: stats.costUsd });
    // A sealed state is not to be seen.
    const where = seal ? `hop ${envelope.hop}` : `[${tellingPart(state)}]`;
    const continuation = driver.returnsContinuation ? { continuation: next.event } : {};
    if (wakeAtMs !== undefined) {
      const wakeAt = new Date(wakeAtMs).toISOString();
      return reporter.outcome({ status: "sleeping", message: `sleeping until ${wakeAt}`, wakeAt, ...continuation });
    }
    return reporter.outcome({ status: "continued", message: `to be continued from ${where}`, ...continuation });
  } finally {
    // One that failed for want of time counts, too: the next one gets more.
    container.handOffMs = Math.max(0, leftMs - remainingMs());
  }
}

/** Ends the run for a reason. Without a store there is nowhere to keep its state but the event, so the hop fails. */
async function stopRun<Event, State, Result>(
  invocation: Invocation<Event, State, Result>,
  entered: EnteredHop<State, Result>,
  reason: StopReason,
): Promise<Outcome<Result>> {
  const { settings, remainingMs } = invocation;
  const { hop, lease, stats, reporter } = entered;
  if (lease) {
    if (!(await lease.stop(reason, stats, remainingMs)).ok) return fenced(entered);
  } else if (!settings.driver.returnsContinuation) {
    throw new RunStoppedError(hop.run, reason);
  }
  hop.end();
  const phase = PHASE_OF[reason.code];
  reporter.emit({ type: "stopped", phase, ...reason, helpUrl: errorPage(reason.code) });
  if (settings.onEnd && phase !== "paused") await tellEnd(invocation, hop.run, reporter);
  if (phase === "failed") return answerFailed(invocation, reporter, reason, new RunFailedError(hop.run, reason));
  return reporter.outcome({ status: phase, message: reason.message, reason });
}
