import { describe, expect, it } from "vitest";
import { seededRandom } from "../src/testing/seeded-random.ts";
import { MessageWorld, type WorldEnd, type WorldFaults } from "./message-world.ts";
import { notification } from "./notification.ts";

const told = (...keys: readonly string[]) => notification("b", ...keys.map((key) => ({ key, sequencer: "1" })));
/** Files by how many records they have. An invocation has ten seconds, in which it writes 25 at most, of all its files. */
const news = [
  told("in/25"),
  told("in/2"),
  told("in/15", "in/3", "in/15"),
  told("in/4", "in/5", "in/6", "in/7", "in/8"),
  told("in/12-invalid"),
  "hello, queue",
];
const files = [25, 2, 15, 3, 4, 5, 6, 7, 8];

async function worldEnd(continueBy: "sqs" | "lambda", faults: WorldFaults = {}): Promise<WorldEnd> {
  const world = new MessageWorld(continueBy, faults);
  for (const body of news) world.send(body);
  return world.end();
}

/** Where the function failed or died each time before it could come to the reason. */
const others = ["MAX_ATTEMPTS", "RUN_TOO_LONG", "Error", undefined];

/** That nothing is lost, nothing double, and no file half loaded without a message that says so. */
function expectNothingLost({ deadLetters, dropped, runs, written }: WorldEnd, what: string): void {
  expect(dropped, what).toEqual([]);
  for (const count of files) {
    const run = runs.find((record) => record.run === `s3:b/in/${count}@1`);
    const isToldOf = deadLetters.some(({ body }) => body.includes(`in%2F${count}"`) || body.includes(`in/${count}"`));
    if (run?.phase !== "done") expect(isToldOf, `${what}: in/${count} is ${run?.phase}`).toBe(true);
    else expect([...(written.get(run.run) ?? [])], what).toEqual(Array.from({ length: count }, (_, i) => i));
  }
  for (const [body, code] of [
    ["invalid", "INVALID_RECORD"],
    ["hello", "MESSAGE_NOT_JSON"],
  ] as const) {
    const letters = deadLetters.filter((letter) => letter.body.includes(body));
    expect(letters.length, `${what}: ${body}`).toBeGreaterThan(0);
    for (const letter of letters) expect([code, ...others], what).toContain(letter.code);
  }
}

describe.each(["sqs", "lambda"] as const)("if runs continue by %s", (continueBy) => {
  it("and nothing happens, all is done within minutes, and only what is no good stands in the DLQ", async () => {
    const end = await worldEnd(continueBy);
    expectNothingLost(end, "calm");
    expect(end.deadLetters.map(({ code }) => code).sort()).toEqual(["INVALID_RECORD", "MESSAGE_NOT_JSON"]);
    expect(end.runs.map(({ phase }) => phase)).toEqual(Array.from({ length: 10 }, () => "done"));
    expect(end.days).toBeLessThan(10 / 1_440);
    expect(Math.max(...end.runs.map(({ hop }) => hop))).toBeGreaterThan(1);
  });

  it.each(["dies", "fails"] as const)(
    "and it %s once, before or after anything it does, all is done",
    { timeout: 240_000 },
    async (trouble) => {
      const { effects } = await worldEnd(continueBy);
      for (let at = 0; at < effects; at++) {
        const end = await worldEnd(continueBy, { troubleAt: ({ total }) => (total === at ? trouble : undefined) });
        const what = `${trouble} at ${at}`;
        expectNothingLost(end, what);
        expect(new Set(end.deadLetters.map(({ code }) => code)), what).toEqual(
          new Set(["INVALID_RECORD", "MESSAGE_NOT_JSON"]),
        );
        expect(new Set(end.runs.map(({ phase }) => phase)), what).toEqual(new Set(["done"]));
        expect(end.days, what).toBeLessThan(1);
      }
    },
  );

  it.each(["dies", "fails"] as const)(
    "and it %s each time at the same moment, what cannot be done stands in the DLQ",
    { timeout: 240_000 },
    async (trouble) => {
      for (let at = 0; at < 60; at++) {
        const end = await worldEnd(continueBy, { troubleAt: ({ effect }) => (effect === at ? trouble : undefined) });
        expectNothingLost(end, `${trouble} at ${at} each time`);
      }
    },
  );

  it("and messages and events come to two invocations at a time, all is done, once", async () => {
    for (const random of randoms()) {
      const end = await worldEnd(continueBy, { isTwice: () => random.chance(0.5) });
      expectNothingLost(end, random.what);
      expect(new Set(end.deadLetters.map(({ code }) => code)), random.what).toEqual(
        new Set(["INVALID_RECORD", "MESSAGE_NOT_JSON"]),
      );
      expect(
        end.runs.map(({ phase }) => phase),
        random.what,
      ).toEqual(Array.from({ length: 10 }, () => "done"));
    }
  });

  it("and all of this happens now and then, at any moment, nothing is lost either", async () => {
    for (const random of randoms()) {
      const share = random.pick([0.001, 0.01, 0.05, 0.2]);
      const end = await worldEnd(continueBy, {
        isTwice: () => random.chance(0.2),
        troubleAt: () => (random.chance(share) ? random.pick(["dies", "fails"] as const) : undefined),
      });
      expectNothingLost(end, random.what);
    }
  });
});

/** Sixty sources of chance, with what to set to come across one again. */
function randoms() {
  const base = Number(process.env.LONGHAUL_SEED ?? 1);
  return Array.from({ length: 60 }, (_, i) => ({ ...seededRandom(base + i), what: `LONGHAUL_SEED=${base + i}` }));
}
