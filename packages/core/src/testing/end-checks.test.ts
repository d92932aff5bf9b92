import { describe, expect, it } from "vitest";
import type { RunContext } from "../options.ts";
import type { Work } from "../pump.ts";
import { type SimulateManyOptions, simulateMany } from "./simulate-many.ts";
import type { SimulatedHost } from "./simulated-host.ts";

type Body = (world: SimulatedHost, state: never, context: RunContext<object>) => Work<unknown, unknown>;

/** The message of the check that fails; `undefined` if all hold. */
async function failure(body: Body, options: Partial<SimulateManyOptions> = {}): Promise<string | undefined> {
  const pending = simulateMany({
    seeds: 30,
    timeoutMs: 20_000,
    handler: (world) =>
      world.recursive<object, unknown>({
        runId: () => "one",
        start: () => ({ next: 0, done: [] }),
        run: (state, context) => body(world, state as never, context),
      }),
    ...options,
  });
  return pending.then(
    () => undefined,
    (error: Error) => error.message,
  );
}

interface State {
  readonly next: number;
  readonly done: readonly number[];
}

const right = async function* (world: SimulatedHost, { next, done }: State, { signal }: RunContext<object>) {
  for (let at = next; at < 8; at++) {
    await world.step(3_000, { signal });
    done = [...done, at];
    yield { next: at + 1, done };
  }
};

describe("simulateMany() is green for work that is right, whatever goes wrong", () => {
  it.each<[string, Partial<SimulateManyOptions>]>([
    ["chaos", {}],
    ["chaos without a store", { store: false, faults: { from: "chaos", handOffLost: 0 } }],
    ["steps that are stuck again and again, which an operator mends", { faults: { stuckStep: 0.5 } }],
    ["a store that mostly fails", { faults: { storeFailsBefore: 0.7 } }],
    ["crashes again and again", { faults: { crash: 0.2 } }],
  ])("%s", async (_, options) => {
    expect(await failure(right, options)).toBeUndefined();
  });

  it("and counts how often an operator was needed", async () => {
    const handler = (world: SimulatedHost) =>
      world.recursive<object, State>({
        start: () => ({ next: 0, done: [] }),
        run: (state, context) => right(world, state, context),
      });
    const options = { seeds: 30, timeoutMs: 20_000, handler, faults: { stuckStep: 0.5 } };
    const { redriven, outcomes } = await simulateMany(options);
    expect(outcomes.done).toBe(30);
    expect(redriven).toBeGreaterThan(5);
    await expect(simulateMany({ ...options, redrive: false })).rejects.toThrow('ended as "paused"');
  });
});

describe("simulateMany() is red when the work did not succeed", () => {
  it("because it always throws, also where nothing else goes wrong", async () => {
    for (const faults of ["calm", "chaos"] as const) {
      const message = await failure(
        async function* (world) {
          await world.step(100);
          throw new Error("no such order");
          // biome-ignore lint/correctness/noUnreachable: what makes it a generator.
          yield 1;
        },
        { faults },
      );
      expect(message).toMatch(/^runIsDone does not hold with seed 0: run 0 ended as "failed", not as "done"\./);
      expect(message).toContain("MAX_ATTEMPTS");
      expect(message).toContain("Its handler threw last: Error: no such order.");
      expect(message).toContain('if it is meant to end so, give simulate() ends: ["failed"].');
      expect(message).toMatch(/Replay: LONGHAUL_SEED=0 npx vitest run/);
    }
  });

  it("because it throws at one item, after others", async () => {
    const message = await failure(async function* (world, { next }: State) {
      for (let at = next; at < 8; at++) {
        await world.step(3_000);
        if (at === 5) throw new Error("item 5 is damaged");
        yield { next: at + 1, done: [] };
      }
    });
    expect(message).toContain("Its handler threw last: Error: item 5 is damaged.");
  });

  it.each([true, false])("because it does not yield though it outlasts its hops, with a store: %s", async (store) => {
    const message = await failure(
      // biome-ignore lint/correctness/useYield: that is what is wrong.
      async function* (world, _, { signal }) {
        for (let at = 0; at < 8; at++) await world.step(5_000, { signal });
        return "never";
      },
      { store },
    );
    expect(message).toContain("runIsDone does not hold");
    expect(message).toContain("reached no new safe point");
    expect(message).toContain("Yield more often");
  });

  it("because it waits for what never comes", async () => {
    const message = await failure(
      async function* () {
        await new Promise(() => {});
        yield 1;
      },
      { faults: "calm", realMs: 100 },
    );
    expect(message).toContain("Step 1 of the work of hop 2 waited for something that the simulation does not know");
  });

  it("because a lost event is lost, where there is no store", async () => {
    const message = await failure(right, { store: false, faults: { handOffLost: 0.5 } });
    expect(message).toContain('run 0 ended as "unfinished"');
    expect(message).toContain("give recursive() a store");
  });

  it("unless the run is meant to end so", async () => {
    const throws: Body = async function* (_world, { next }: State) {
      if (next > 0) throw new Error("always");
      yield { next: 1, done: [] };
      throw new Error("always");
    };
    expect(await failure(throws, { faults: "calm", ends: ["failed"] })).toBeUndefined();
    const events = [{ event: {}, ends: ["failed"] as const }];
    expect(await failure(throws, { faults: "calm", events })).toBeUndefined();
    expect(await failure(right, { faults: "calm", ends: ["failed"] })).toContain('ended as "done", not as "failed"');
  });

  it("or someone asked for it", async () => {
    expect(await failure(right, { outside: [{ ask: "stop", atMs: 5_000 }] })).toBeUndefined();
    expect(await failure(right, { outside: [{ ask: "pause", atMs: 5_000 }] })).toBeUndefined();
  });
});

describe("simulateMany() is red when a state cannot travel, even if it never had to", () => {
  class Money {
    readonly cents = 5;
  }
  const cyclic: { self?: unknown } = {};
  cyclic.self = cyclic;
  it.each<[string, unknown, string]>([
    ["a Date", { at: new Date(0) }, "state.at: a Date would not survive JSON"],
    ["a Map", { seen: new Map() }, "state.seen: a Map would not survive JSON"],
    ["a Set", { seen: { deep: [new Set()] } }, "state.seen.deep[0]: a Set would not survive JSON"],
    ["nothing", undefined, "state: a undefined cannot travel as JSON"],
    ["a hole in a list", [1, undefined], "state[1]: a undefined cannot travel as JSON"],
    ["an instance of a class", { price: new Money() }, "state.price: a Money would not survive JSON"],
    ["a cycle", cyclic, "state.self: the object contains itself"],
    ["NaN", { ratio: Number.NaN }, "state.ratio: NaN is not a JSON number"],
    ["Infinity", { best: Number.POSITIVE_INFINITY }, "state.best: Infinity is not a JSON number"],
    ["a bigint", { id: 1n }, "state.id: a bigint cannot travel as JSON"],
    ["a function", { next: () => 1 }, "state.next: a function cannot travel as JSON"],
    ["bytes", { body: new Uint8Array(2) }, "state.body: a Uint8Array would not survive JSON"],
  ])("%s", async (_, state, named) => {
    const message = await failure(
      async function* () {
        yield state;
      },
      { faults: "calm" },
    );
    expect(message).toMatch(
      /^statesTravel does not hold with seed 0: step 1 of hop 0 yielded a state that cannot travel/,
    );
    expect(message).toContain(named);
    expect(message).toContain("Yield what JSON carries");
  });
});

describe("simulateMany() is red when a state was changed after it was yielded", () => {
  interface Draft {
    next: number;
    done: number[];
  }
  it.each<[string, Body, string]>([
    [
      "the same object each time",
      async function* (world, state: Draft, { signal }) {
        while (state.next < 8) {
          await world.step(3_000, { signal });
          state.next++;
          yield state;
        }
      },
      "state.next was 1 when it was yielded, and is 2 now",
    ],
    [
      "a new object around the same list",
      async function* (world, { next, done }: Draft, { signal }) {
        for (let at = next; at < 8; at++) {
          done.push(at);
          await world.step(3_000, { signal });
          yield { next: at + 1, done };
        }
      },
      "state.done[1] was nothing when it was yielded, and is 1 now",
    ],
    [
      "a change that the work's own catch would hide",
      async function* (world, { next }: Draft, { signal }) {
        let last = { next };
        for (let at = next; at < 8; at++) {
          await world.step(3_000, { signal });
          try {
            last.next = -1;
          } catch {
            // A frozen state would be changed without effect here, and nobody would notice.
          }
          last = { next: at + 1 };
          yield last;
        }
      },
      "state.next was 1 when it was yielded, and is -1 now",
    ],
    [
      "a field that is taken away",
      async function* (world, { next }: Draft, { signal }) {
        for (let at = next; at < 8; at++) {
          const state: { next: number; extra?: number } = { next: at + 1, extra: 1 };
          yield state;
          delete state.extra;
          await world.step(3_000, { signal });
        }
      },
      "state.extra was 1 when it was yielded, and is nothing now",
    ],
    [
      "work that awaits nothing",
      function* (_world, state: Draft) {
        while (state.next < 8) {
          state.next++;
          yield state;
        }
      },
      "state.next was 1 when it was yielded, and is 2 now",
    ],
  ])("%s", async (_, body, named) => {
    const message = await failure(body, { faults: "calm" });
    expect(message).toMatch(/^yieldedStatesStay does not hold with seed 0/);
    expect(message).toContain(named);
    expect(message).toContain("Yield a new object each time, such as { ...state }");
  });

  it("also in the step in which the hop ends", async () => {
    const message = await failure(
      async function* (world) {
        const state = { at: 1 };
        yield state;
        state.at = 2;
        await world.step(60_000);
        yield { at: 3 };
      },
      { faults: "calm" },
    );
    expect(message).toContain("state.at was 1 when it was yielded, and is 2 now");
  });
});

it("work that takes no time and has no end is an error, not a process that hangs", async () => {
  const message = await failure(async function* () {
    for (let at = 0; ; at++) yield at;
  });
  expect(message).toContain("The work made 100000 steps, and no virtual time passed");
  expect(message).toContain("LONGHAUL_SEED=0");
});
