import { expectTypeOf, it } from "vitest";
import { type RunDetails, runClient } from "./client.ts";
import type { RunContext } from "./options.ts";
import { type RecursiveHandler, recursive } from "./recursive.ts";
import { sleepFor, sleepUntil } from "./sleep.ts";

declare const work: (item: number, options: { readonly signal: AbortSignal }) => Promise<void>;

it("infers event, state and result from start and run", () => {
  const handler = recursive({
    start: (_event: { upTo: number }) => ({ next: 0 }),
    async *run(state, { event, signal }) {
      expectTypeOf(state).toEqualTypeOf<{ next: number }>();
      expectTypeOf(event).toEqualTypeOf<{ upTo: number }>();
      for (let next = state.next; next < event.upTo; next++) {
        await work(next, { signal });
        yield { next: next + 1 };
      }
      return "all done";
    },
  });
  expectTypeOf(handler).toEqualTypeOf<RecursiveHandler<{ upTo: number }, string>>();
});

it("infers the state from work that sleeps", () => {
  const handler = recursive({
    start: (_event: { upTo: number }) => ({ next: 0 }),
    async *run(state) {
      yield { next: state.next + 1 };
      yield sleepFor(1_000, { next: state.next + 1 });
      yield sleepUntil(new Date(), state);
      return "all done";
    },
  });
  expectTypeOf(handler).toEqualTypeOf<RecursiveHandler<{ upTo: number }, string>>();
  recursive({
    start: (_event: object) => ({ next: 0 }),
    // @ts-expect-error: the state to sleep at is no state of the run
    async *run(_state) {
      yield sleepFor(1_000, { other: 0 });
    },
  });
});

it("gives the run client the event and result of its handler", () => {
  const handler = recursive({
    start: (_event: { upTo: number }) => 0,
    async *run(next) {
      yield next + 1;
      return { done: true };
    },
  });
  const runs = runClient<typeof handler>({} as Parameters<typeof runClient>[0]);
  type Details = RunDetails<{ upTo: number }, { done: boolean }>;
  expectTypeOf(runs.start).parameter(0).toEqualTypeOf<{ upTo: number }>();
  expectTypeOf(runs.wait).returns.resolves.toEqualTypeOf<Details>();
  expectTypeOf(runs.resume).returns.resolves.toEqualTypeOf<Details | undefined>();
});

it("infers the state that start promises, with what may be absent", () => {
  interface Copy {
    readonly at: number;
    readonly output?: { readonly key: string } | undefined;
    readonly parts: readonly (string | null)[];
  }
  const handler = recursive({
    start: async (_event: object): Promise<Copy> => ({ at: 0, parts: [] }),
    *run(state) {
      yield { ...state, at: state.at + 1 };
    },
  });
  expectTypeOf(handler).toEqualTypeOf<RecursiveHandler<object, void>>();
});

it("persists states of the run's own type", () => {
  recursive({
    start: (_event: object) => ({ at: 0 }),
    *run(state, { onPersist, onSaved }) {
      onPersist((saved) => {
        expectTypeOf(saved).toEqualTypeOf<{ at: number }>();
        return { at: saved.at };
      });
      onSaved((saved) => {
        expectTypeOf(saved).toEqualTypeOf<{ at: number } | undefined>();
      });
      // @ts-expect-error: another state
      onPersist(() => ({ position: 1 }));
      yield state;
    },
  });
  expectTypeOf<RunContext<{ upTo: number }, number>["event"]>().toEqualTypeOf<{ upTo: number }>();
});

it("refuses a state that JSON would change or lose", () => {
  const empty = () => {
    throw new Error("it is not run");
  };
  // @ts-expect-error: a Date becomes a text
  recursive({ start: () => ({ at: new Date() }), run: empty });
  // @ts-expect-error: JSON has no bigint
  recursive({ start: () => ({ id: 1n }), run: empty });
  // @ts-expect-error: a Map becomes {}
  recursive({ start: () => ({ seen: new Map<string, number>() }), run: empty });
  // @ts-expect-error: a function is left out
  recursive({ start: () => ({ next: () => 1 }), run: empty });
  // @ts-expect-error: there is no state
  recursive({ start: () => undefined, run: empty });
  // @ts-expect-error: also deep within
  recursive({ start: () => ({ files: [{ changed: new Date() }] }), run: empty });
  // A state whose type is not known is checked when it is yielded.
  recursive({ start: (): unknown => 0, run: empty });
});

it("refuses to yield another state than start gives", () => {
  recursive({
    // @ts-expect-error: it is a number, and a text is yielded
    start: () => ({ at: 0 }),
    *run() {
      yield { at: "one" };
    },
  });
});

it("refuses names that do not exist", () => {
  recursive({
    start: () => 0,
    *run() {},
    // @ts-expect-error: keys
    state: { keys: "position" },
  });
});
