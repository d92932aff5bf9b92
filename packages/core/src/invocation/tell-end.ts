import { call } from "../calls/call.ts";
import type { RunEnd } from "../options.ts";
import { admitState } from "../state/codec.ts";
import { fromJson } from "../state/json.ts";
import type { RunRecord } from "../state/run-store.ts";
import { spillWithin } from "../state/spill.ts";
import { decodeStored } from "../state/stored.ts";
import type { Invocation } from "./invocation.ts";
import type { Reporter } from "./reporter.ts";

/**
 * Calls `onEnd` for a run whose record says that it is over and that nobody was told, then notes that there. What goes wrong
 * is reported and not thrown: the record stays due, so a sweep has it called again.
 */
export async function tellEnd<Event, State, Result>(
  { settings, context, remainingMs }: Invocation<Event, State, Result>,
  run: string,
  reporter: Pick<Reporter<Result>, "error">,
): Promise<void> {
  const { store, host, onEnd } = settings;
  if (!store) return;
  const ask = <Answer>(name: string, send: (signal: AbortSignal) => Promise<Answer>) =>
    call(send, { name: `The run store's ${name}`, kind: "control", budgetMs: remainingMs, host });
  try {
    const record = await ask("get", (signal) => store.get(run, signal));
    if (record?.atEnd !== "telling") return;
    if (onEnd) {
      const state = await stateOf(settings, record, remainingMs);
      const tell = async () => onEnd(endOf<Event, Result>(record), state, context);
      await call(tell, { name: "onEnd()", kind: "long-operation", budgetMs: remainingMs, attempts: 1, host });
    }
    await ask("told", (signal) => store.told(run, record.epoch, signal));
  } catch (error) {
    reporter.error(error);
  }
}

async function stateOf<Event, State, Result>(
  settings: Invocation<Event, State, Result>["settings"],
  { run, state }: RunRecord,
  budgetMs: () => number,
): Promise<State | undefined> {
  if (state === undefined) return undefined;
  const { spill, host } = settings;
  const codec = { ...settings, spill: spill && spillWithin(spill, host, budgetMs) };
  const found = await decodeStored(codec, state, run);
  return admitState(settings, found.state, found.version);
}

function endOf<Event, Result>({ run, phase, event, reason, result }: RunRecord): RunEnd<Event, Result> {
  return {
    run,
    status: phase as RunEnd<Event, Result>["status"],
    event: fromJson(event, "record.event") as Event,
    ...(reason && { reason }),
    ...(result !== undefined && { result: fromJson(result, "record.result") as Result }),
  };
}
