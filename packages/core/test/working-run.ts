import { sleep } from "../src/host.ts";
import type { InvocationContext, Observer, RecursiveOptions, RunContext, RunEvent } from "../src/index.ts";
import { type HandOffDriver, memoryRunStore, type Outcome, type RunStore, recursive } from "../src/index.ts";
import type { HandOffMessage } from "../src/parts.ts";
import { invocation, type ManualHost, manualHost } from "./manual-host.ts";

/** The event of a {@link workingRun}. */
export interface Count {
  readonly upTo: number;
}

type Options = Partial<RecursiveOptions<Count, number, string>> & {
  /** Called in each step, before it counts. */
  readonly onItem?: (item: number, context: RunContext<Count, number>) => void | Promise<void>;
  readonly timeoutMs?: number;
};

/** A run for tests: counts to `event.upTo`, a second an item, ten seconds an invocation, in a still host's time. */
export interface WorkingRun {
  readonly host: ManualHost;
  readonly store: RunStore;
  /** Hand-offs as they were sent. */
  readonly sent: HandOffMessage[];
  /** Items as they were done, in any invocation. */
  readonly items: number[];
  readonly events: RunEvent[];
  /** Begins an invocation and does not wait for it. */
  begin(event: object, change?: Partial<InvocationContext>): Promise<Outcome<string>>;
  /** Runs one invocation to its end, in virtual time. */
  invoke(event: object, change?: Partial<InvocationContext>): Promise<Outcome<string>>;
  /** Delivers hand-offs until none is left; answers with the last outcome. */
  follow(event: object, change?: Partial<InvocationContext>): Promise<Outcome<string>>;
}

export function workingRun(
  options: Options = {},
  observersAround: (witness: Observer) => readonly Observer[] = (witness) => [witness],
): WorkingRun {
  const { onItem, timeoutMs = 10_000, state, time, advanced, ...rest } = options;
  const host = (advanced?.host as ManualHost | undefined) ?? manualHost();
  const store = rest.store ?? memoryRunStore();
  const sent: HandOffMessage[] = [];
  const items: number[] = [];
  const events: RunEvent[] = [];
  const driver: HandOffDriver = { name: "test", maxBytes: 1_000_000, send: async (message) => void sent.push(message) };
  const handler = recursive<Count, number, string>({
    advanced: { ...advanced, host },
    driver,
    state: { key: "position", ...state },
    runId: () => "run-1",
    time: { reserveMs: 1_000, ...time },
    start: () => 0,
    async *run(position, context) {
      for (let at = position; at < context.event.upTo; at++) {
        await sleep(host, 1_000);
        await onItem?.(at, context);
        items.push(at);
        yield at + 1;
      }
      return "all of it";
    },
    observers: observersAround({ observe: (event) => void events.push(event) }),
    ...rest,
    ...("store" in rest ? {} : { store }),
  });
  const begin: WorkingRun["begin"] = (event, change) => handler(event as Count, invocation(host, timeoutMs, change));
  const invoke: WorkingRun["invoke"] = (event, change) => host.until(begin(event, change));
  return {
    host,
    store,
    sent,
    items,
    events,
    begin,
    invoke,
    async follow(event, change) {
      let outcome = await invoke(event, change);
      for (let next = sent.shift(); next; next = sent.shift()) outcome = await invoke(next.event, change);
      return outcome;
    },
  };
}

/** `[from, ..., to - 1]`. */
export function itemsFrom(from: number, to: number): number[] {
  return Array.from({ length: to - from }, (_, i) => from + i);
}
