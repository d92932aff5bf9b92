import { readFileSync } from "node:fs";
import { callerDriver, continueAsNew, type Outcome, recursive } from "@longhaul/core";
import { type Host, systemHost } from "@longhaul/core/parts";
import { describe, expect, it } from "vitest";
import { findPython, runPython } from "./python.ts";

interface Vector {
  readonly title: string;
  readonly stateKey: string;
  readonly event: Readonly<Record<string, unknown>>;
  readonly sees?: unknown;
  readonly state: unknown;
  readonly next: Readonly<Record<string, unknown>>;
}

const { vectors } = JSON.parse(readFileSync(new URL("../vectors/contract.json", import.meta.url), "utf8")) as {
  readonly vectors: readonly Vector[];
};

const context = {
  awsRequestId: "11111111-2222-4333-8444-555555555555",
  invokedFunctionArn: "arn:aws:lambda:us-east-1:000000000000:function:any:live",
  functionVersion: "7",
  memoryLimitInMB: "128",
  getRemainingTimeInMillis: () => 60_000,
};

/** Ten minutes after the runs of the vectors began, so that no guard finds them too old. */
const host: Host = { ...systemHost, now: () => Date.UTC(2025, 10, 21, 8, 10) };

describe("the event contract in TypeScript [S1.1]", () => {
  it.for(vectors)("continueAsNew: $title", async ({ event, stateKey, state, next }) => {
    const before = structuredClone(event);
    const outcome = await continueAsNew({ event, context, state, stateKey, driver: callerDriver(), host });
    expectNext(outcome, event, next);
    expect(event).toEqual(before);
  });

  it.for(vectors)("recursive: $title", async ({ event, stateKey, sees, state, next }) => {
    const before = structuredClone(event);
    const nothing = {};
    let seen: unknown;
    let remainingMs = 60_000;
    const handler = recursive<object, unknown>({
      state: { key: stateKey },
      advanced: { host },
      driver: callerDriver(),
      start: () => nothing,
      *run(found) {
        seen = found;
        remainingMs = 1_000;
        yield state;
        throw new Error("the time was up");
      },
    });
    const outcome = await handler(event, { ...context, getRemainingTimeInMillis: () => remainingMs });
    expectNext(outcome, event, next);
    if (sees === undefined) expect(seen).toBe(nothing);
    else expect(seen).toEqual(sees);
    expect(event).toEqual(before);
  });
});

describe("the event contract in Python [S1.1]", () => {
  const python = findPython();
  if ("missing" in python) it(`skipped: ${python.missing}`, ({ skip }) => skip());
  else {
    it("passes the same vectors", async () => {
      const output = await runPython(python, ["-m", "unittest", "test_contract"]);
      expect(output).toContain(`${vectors.length} vectors`);
      expect(output).toMatch(/^OK$/m);
    });
  }
});

function expectNext(outcome: Outcome, event: Vector["event"], next: Vector["next"]): void {
  if (outcome.status !== "continued" || !outcome.continuation) throw new Error(`not continued, but ${outcome.status}`);
  // As the next invocation finds it.
  const { longhaul, ...rest } = JSON.parse(JSON.stringify(outcome.continuation)) as Record<string, unknown>;
  expect(sorted(rest)).toEqual(sorted(next));
  const carried = event.longhaul as { run: string; hop: number; startedAt: number } | undefined;
  expect(longhaul).toMatchObject(
    carried
      ? { v: 1, run: carried.run, startedAt: carried.startedAt, hop: carried.hop + 1 }
      : { v: 1, run: expect.stringMatching(/./), startedAt: expect.any(Number), hop: 1 },
  );
}

/** Entries, since a comparison of objects passes over a key called `__proto__`. */
function sorted(event: Readonly<Record<string, unknown>>): readonly (readonly [string, unknown])[] {
  return Object.entries(event).toSorted(([a], [b]) => (a < b ? -1 : 1));
}
