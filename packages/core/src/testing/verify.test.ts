import { describe, expect, it } from "vitest";
import { VERIFIED_HANDLERS } from "../../test/verified-handlers.ts";
import { RefutedError } from "./refuted-error.ts";
import { verify } from "./verify.ts";
import { type CoveredFaults, defineVerification } from "./verify-options.ts";

const event = { orders: ["a", "b"] };
type Orders = typeof event;

/** Sends each order, in a step of its own. */
const right = defineVerification({
  event,
  services: () => new Set<string>(),
  maxFaults: 1,
  handler: (world, sent) =>
    world.recursive({
      start: (_event: Orders) => 0,
      async *run(next, { event: { orders } }) {
        for (const order of orders.slice(next)) {
          await world.call("send", () => sent.add(order));
          yield ++next;
        }
      },
    }),
  invariant(_result, sent) {
    if (sent.size < 2) throw new Error("an order was not sent");
  },
});

async function refuted(verification: Promise<unknown>): Promise<RefutedError> {
  const error = await verification.then(
    () => undefined,
    (thrown: unknown) => thrown,
  );
  if (error instanceof RefutedError) return error;
  throw new Error("It was not refuted.", { cause: error });
}

describe("verify() refutes a handler by as few faults as show its bug", () => {
  it.each(VERIFIED_HANDLERS)("$bug: $faults", async ({ make, faults, finding }) => {
    const error = await refuted(verify(make(false)));
    expect(error.finding).toMatch(finding);
    expect(error.faults).toHaveLength(faults);
    expect(error.message.split("\n").length).toBeLessThan(60);
  });

  it.each(VERIFIED_HANDLERS)("and not without $bug", async ({ make, faults }) => {
    const { covered, isWhole } = await verify({ ...make(true), maxFaults: Math.max(1, faults) });
    expect(isWhole).toBe(true);
    expect(covered.at(-1)?.trials).toBeGreaterThan(5);
  });
});

describe("a verification says what it covered", () => {
  it("each fault on each occasion, once, by the number of faults", async () => {
    const seen: CoveredFaults[] = [];
    const { covered, isWhole } = await verify({ ...right, onProgress: (each) => void seen.push(each) });
    expect(isWhole).toBe(true);
    expect(covered.map(({ faults }) => faults)).toEqual([0, 1]);
    for (const { trials, of } of covered) expect(trials).toBe(of);
    expect(seen).toHaveLength(covered.reduce((sum, { trials }) => sum + trials, 0));
  });

  it("two faults in each pair of occasions, the second after the first", async () => {
    const { covered } = await verify({ ...right, maxFaults: 2, faults: ["coldStart", "handOffLost"] });
    const [, one, two] = covered;
    expect(two!.trials).toBeGreaterThan(one!.trials / 2);
    expect(two!.trials).toBe(two!.of);
  });

  it("and that it is not whole, if trials or time ran out", async () => {
    const { covered, isWhole } = await verify({ ...right, maxTrials: 5 });
    expect(isWhole).toBe(false);
    expect(covered.map(({ trials }) => trials)).toEqual([1, 4]);
    expect(covered[1]!.of).toBeGreaterThan(4);
    expect(await verify({ ...right, maxRealMs: 0 })).toMatchObject({
      covered: [{ trials: 1 }, { trials: 0 }],
      isWhole: false,
    });
  });

  it("nothing further, if no fault has an occasion", async () => {
    const { covered, isWhole } = await verify({ ...right, faults: ["storeHangs"], store: false, maxFaults: 3 });
    expect(covered).toEqual([{ faults: 0, trials: 1, of: 1 }]);
    expect(isWhole).toBe(true);
  });
});

describe("a finding can be replayed", () => {
  const notIdempotent = VERIFIED_HANDLERS[1]!.make(false);

  it("by the faults that it names, to the same trace", async () => {
    const first = await refuted(verify(notIdempotent));
    expect(first.replay).toMatch(/^crash@\d+$/);
    const again = await refuted(verify({ ...notIdempotent, replay: first.replay }));
    expect(again.trace).toEqual(first.trace);
    expect(again.faults).toEqual(first.faults);
    expect(first.message).toContain(`Replay: ${first.replay}`);
  });

  it("and holds where nothing is wrong", async () => {
    await expect(verify({ ...right, faults: ["crash"], replay: "crash@5" })).resolves.toMatchObject({ isWhole: false });
    await expect(verify({ ...right, replay: "" })).resolves.toMatchObject({ covered: [] });
  });

  it("and is an error, if its text is none, or nothing happens there", async () => {
    await expect(verify({ ...right, replay: "crash" })).rejects.toThrow(/is no fault of this verification/);
    await expect(verify({ ...right, replay: "crash@9,crash@3" })).rejects.toThrow(/in the order/);
    await expect(verify({ ...right, replay: "duplicated@2" })).rejects.toThrow(/did not do the same again/);
  });
});

describe("a verification refutes nothing by accident", () => {
  it("a handler that does something else in each trial is an error", async () => {
    let trials = 0;
    const handler: typeof right.handler = (world) => {
      const steps = ++trials % 2;
      return world.recursive({
        start: () => 0,
        async *run() {
          for (let step = 0; step < steps; step++) yield step;
        },
      });
    };
    await expect(verify({ ...right, handler, invariant: () => {} })).rejects.toThrow(/world\.random/);
  });

  it("a lost event refutes a handler without a store", async () => {
    const error = await refuted(verify({ ...right, store: false, faults: ["handOffLost"], timeoutMs: 30_000 }));
    expect(error.finding).toContain("give recursive() a store");
    expect(error.replay).toBe("handOffLost@1");
  });

  it("options that cannot work are refused", async () => {
    await expect(verify({ ...right, maxFaults: -1 })).rejects.toThrow(/maxFaults must be/);
    await expect(verify({ ...right, faults: ["crush" as never] })).rejects.toThrow(/no fault "crush"/);
  });
});
