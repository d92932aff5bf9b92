import { seededRandom } from "@longhaul/core/testing";
import { describe, expect, it } from "vitest";
import { type DiesAt, MessageWorld, type WorldEnd } from "./message-world.ts";
import { notification } from "./records.ts";

const told = (...keys: readonly string[]) => notification("b", ...keys.map((key) => ({ key, sequencer: "1" })));
/** Files by how many records they have; in one second one is written, and an invocation has ten. */
const news = [
  told("in/25"),
  told("in/2"),
  told("in/15", "in/3", "in/15"),
  told("in/4", "in/5", "in/6", "in/7", "in/8"),
  told("in/12-invalid"),
  "hello, queue",
];
const files = [25, 2, 15, 3, 4, 5, 6, 7, 8];

async function worldEnd(continueBy: "sqs" | "lambda", diesAt: DiesAt): Promise<WorldEnd> {
  const world = new MessageWorld(continueBy, diesAt);
  for (const body of news) world.send(body);
  return world.end();
}

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
    // Without a code where the function died each time before it could give one.
    for (const letter of letters) expect([code, "MAX_ATTEMPTS", undefined], what).toContain(letter.code);
  }
}

describe.each(["sqs", "lambda"] as const)("if runs continue by %s, and the function dies", (continueBy) => {
  it("never: all is done within minutes, and only what is no good stands in the DLQ", async () => {
    const end = await worldEnd(continueBy, () => false);
    expectNothingLost(end, "calm");
    expect(end.deadLetters.map(({ code }) => code).sort()).toEqual(["INVALID_RECORD", "MESSAGE_NOT_JSON"]);
    expect(end.runs.map(({ phase }) => phase)).toEqual(Array.from({ length: 10 }, () => "done"));
  });

  it("once, before or after anything it does: all is done, and nothing else stands in the DLQ", async () => {
    const { effects } = await worldEnd(continueBy, () => false);
    for (let at = 0; at < effects; at++) {
      const end = await worldEnd(continueBy, ({ total }) => total === at);
      expectNothingLost(end, `death at ${at}`);
      const codes = new Set(end.deadLetters.map(({ code }) => code));
      expect(codes, `death at ${at}`).toEqual(new Set(["INVALID_RECORD", "MESSAGE_NOT_JSON"]));
      expect(new Set(end.runs.map(({ phase }) => phase)), `death at ${at}`).toEqual(new Set(["done"]));
      expect(end.days, `death at ${at}`).toBeLessThan(1);
    }
  });

  it("each time, at the same moment: what cannot be done stands in the DLQ", async () => {
    for (let at = 0; at < 60; at++) {
      const end = await worldEnd(continueBy, ({ effect }) => effect === at);
      expectNothingLost(end, `death at ${at} each time`);
    }
  });

  it("as often as not, at any moment", async () => {
    const base = Number(process.env.LONGHAUL_SEED ?? 1);
    for (let seed = base; seed < base + 60; seed++) {
      const random = seededRandom(seed);
      const share = [0.001, 0.01, 0.05, 0.2][seed % 4] ?? 0;
      const end = await worldEnd(continueBy, () => random.next() < share);
      expectNothingLost(end, `LONGHAUL_SEED=${seed}`);
    }
  });
});
