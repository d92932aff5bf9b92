import { describe, expect, it } from "vitest";
import { NO_STATS } from "./envelope.ts";
import { checkGuards, type GuardFacts, type Guards, guardLimits } from "./guards.ts";

const DAY_MS = 86_400_000;
const noEnvironment = () => undefined;
const fine: GuardFacts = { hop: 0, stats: NO_STATS, ageMs: 0, failures: 0, depth: 0 };

function check(facts: Partial<GuardFacts>, guards: Guards = {}) {
  return checkGuards(guardLimits(guards, noEnvironment), { ...fine, ...facts })?.code;
}

describe("no guard is off by default", () => {
  it.each<{ code: string; last: Partial<GuardFacts>; first: Partial<GuardFacts> }>([
    { code: "MAX_HOPS", last: { hop: 9_999 }, first: { hop: 10_000 } },
    { code: "MAX_DURATION", last: { ageMs: 7 * DAY_MS - 1 }, first: { ageMs: 7 * DAY_MS } },
    {
      code: "MAX_COST",
      last: { stats: { ...NO_STATS, costUsd: 24.99 } },
      first: { stats: { ...NO_STATS, costUsd: 25 } },
    },
    {
      code: "STALLED",
      last: { stats: { ...NO_STATS, stalledHops: 2 } },
      first: { stats: { ...NO_STATS, stalledHops: 3 } },
    },
    { code: "MAX_ATTEMPTS", last: { failures: 9 }, first: { failures: 10 } },
    { code: "LOOP_DETECTION", last: { depth: 14 }, first: { depth: 15 } },
  ])("$code", ({ code, last, first }) => {
    expect(check(last)).toBeUndefined();
    expect(check(first)).toBe(code);
  });
});

describe("each guard has its limit", () => {
  it.each<{ code: string; guards: Guards; last: Partial<GuardFacts>; first: Partial<GuardFacts> }>([
    { code: "MAX_HOPS", guards: { maxHops: 3 }, last: { hop: 2 }, first: { hop: 3 } },
    { code: "MAX_DURATION", guards: { maxDurationMs: 10 }, last: { ageMs: 9 }, first: { ageMs: 10 } },
    {
      code: "MAX_COST",
      guards: { maxCostUsd: 0.5 },
      last: { stats: { ...NO_STATS, costUsd: 0.49 } },
      first: { stats: { ...NO_STATS, costUsd: 0.5 } },
    },
    { code: "STALLED", guards: { maxStalledHops: 1 }, last: {}, first: { stats: { ...NO_STATS, stalledHops: 1 } } },
    { code: "MAX_ATTEMPTS", guards: { maxAttempts: 2 }, last: { failures: 1 }, first: { failures: 2 } },
  ])("$code of $guards", ({ code, guards, last, first }) => {
    expect(check(last, guards)).toBeUndefined();
    expect(check(first, guards)).toBe(code);
  });

  it("which Infinity switches off", () => {
    const endless = { hop: 1e9, ageMs: 1e15, failures: 1e9, stats: { ...NO_STATS, costUsd: 1e9, stalledHops: 1e9 } };
    const off = Number.POSITIVE_INFINITY;
    expect(
      check(endless, { maxHops: off, maxDurationMs: off, maxCostUsd: off, maxAttempts: off, maxStalledHops: off }),
    ).toBeUndefined();
  });
});

describe("the loop-detection guard stops a run before the platform drops its event", () => {
  it.each([
    { depth: 15, code: "LOOP_DETECTION" },
    { depth: 16, code: "LOOP_DETECTION" },
    { depth: 17, code: undefined }, // the platform let it through: it must be allowed
    { depth: 400, code: undefined },
  ])("at depth $depth: $code", ({ depth, code }) => {
    expect(check({ depth })).toBe(code);
  });

  it("unless RecursiveLoop is Allow, by option or as the construct says it", () => {
    expect(check({ depth: 16 }, { isRecursiveLoopAllowed: true })).toBeUndefined();
    const limits = guardLimits({}, (name) => (name === "LONGHAUL_RECURSIVE_LOOP" ? "Allow" : undefined));
    expect(checkGuards(limits, { ...fine, depth: 16 })).toBeUndefined();
    const terminating = guardLimits({}, () => "Terminate");
    expect(checkGuards(terminating, { ...fine, depth: 16 })?.code).toBe("LOOP_DETECTION");
  });

  it("and says how to mend it", () => {
    const reason = checkGuards(guardLimits({}, noEnvironment), { ...fine, depth: 15 });
    expect(reason?.message).toContain("Set RecursiveLoop: Allow on the function");
  });
});

describe("a run that is given up says why", () => {
  const failing: GuardFacts = { ...fine, hop: 3, failures: 10 };
  const messageOf = (facts: GuardFacts) => checkGuards(guardLimits({}, noEnvironment), facts)?.message;

  it("with its last error", () => {
    const lastError = { code: "TypeError", message: "x is not a function" };
    expect(messageOf({ ...failing, lastError })).toBe(
      "The run failed 10 times at hop 3 without a new safe point; guards.maxAttempts is 10. The last error: TypeError: x is not a function",
    );
  });

  it("or without, where its attempts died and said nothing", () => {
    expect(messageOf(failing)).toMatch(/guards\.maxAttempts is 10\.$/);
  });
});

describe("a limit that cannot be meant is refused", () => {
  it.each<[string, unknown]>([
    ["maxHops", 0],
    ["maxHops", -1],
    ["maxHops", Number.NaN],
    ["maxHops", "100"],
    ["maxDurationMs", null],
    ["maxCostUsd", false],
    ["maxAttempts", undefined],
    ["maxHopps", 5],
    ["constructor", 5],
  ])("%s: %j", (name, value) => {
    expect(() => guardLimits({ [name]: value } as Guards, noEnvironment)).toThrow(
      expect.objectContaining({ code: "CONFIG" }),
    );
  });
});
