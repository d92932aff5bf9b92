import { readFileSync } from "node:fs";
import { callerDriver, type InvocationContext, memoryRunStore, recursive } from "@longhaul/core";
import type { RunRecord } from "@longhaul/core/store";
import { describe, expect, it } from "vitest";

const BEGINS_MS = Date.UTC(2026, 10, 30, 12);
const json = (name: string) => JSON.parse(readFileSync(new URL(name, import.meta.url), "utf8"));
const page = readFileSync(new URL("../../src/content/docs/reference/events-and-envelope.mdx", import.meta.url), "utf8");

/** Does one hop of 9 s, of which each step takes 2 s; answers with what the next hop is given, and with the record. */
async function oneHop(key?: string) {
  let nowMs = BEGINS_MS;
  const endsAtMs = BEGINS_MS + 10_000;
  const host = {
    now: () => nowMs,
    timer: () => () => {},
    id: () => "owner-1",
    random: () => 0.5,
    env: () => undefined,
  };
  const records = new Map<string, RunRecord>();
  const handler = recursive({
    advanced: { host },
    store: memoryRunStore(records),
    driver: callerDriver(),
    time: { reserveMs: 1_000 },
    state: { key },
    start: (_event: { orders: number }) => ({ next: 0 }),
    async *run({ next }, { event }) {
      for (; next < event.orders; next++) {
        nowMs += 2_000;
        yield { next: next + 1 };
      }
      return next;
    },
  });
  const context: InvocationContext = {
    awsRequestId: "8f5b2f0e-8f0e-4b1c-9a51-5d7f6e1c2a3b",
    invokedFunctionArn: "arn:aws:lambda:eu-west-1:000000000000:function:orders",
    functionVersion: "$LATEST",
    memoryLimitInMB: 1024,
    getRemainingTimeInMillis: () => endsAtMs - nowMs,
  };
  const outcome = await handler(json("first.json"), context);
  return { outcome, record: [...records.values()][0] };
}

/** The names in the first column of the table under a heading. */
function namesUnder(heading: string): string[] {
  const [, section = ""] = new RegExp(`^##+ ${heading}\\n([\\s\\S]*?)(?=\\n##)`, "m").exec(`${page}\n##`) ?? [];
  return [...section.matchAll(/^\| (`.+?) \| /gm)].flatMap(([, cell = ""]) => {
    return [...cell.matchAll(/`([\w.]+)`/g)].map(([, name = ""]) => name);
  });
}

/** The fields of an interface of core, as its file has them. */
function fieldsOf(file: string, name: string): string[] {
  const text = readFileSync(new URL(`../../../packages/core/src/${file}`, import.meta.url), "utf8");
  const [, body = ""] = new RegExp(`interface ${name} \\{\\n([\\s\\S]*?)\\n\\}`).exec(text) ?? [];
  return [...body.matchAll(/^ {2}readonly (\w+)\??:/gm)].map(([, field = ""]) => field);
}

describe("the event of a hop is as the page shows it", () => {
  it.each([
    ["with the state in the envelope", undefined, "next.json"],
    ["with a key for the state", "position", "next-with-key.json"],
  ])("%s", async (_, key, file) => {
    const { outcome } = await oneHop(key);
    expect(outcome).toMatchObject({ status: "continued", hop: 0 });
    expect(outcome).toHaveProperty("continuation", json(file));
  });
});

describe("the tables of the page have every field", () => {
  it("of the envelope", () => {
    const expected = [
      ...fieldsOf("recursion/envelope.ts", "Envelope"),
      ...fieldsOf("recursion/envelope.ts", "RunStats").map((field) => `stats.${field}`),
    ];
    expect(expected.length).toBeGreaterThan(12);
    expect(namesUnder("The envelope").sort()).toEqual(expected.sort());
  });

  it("of the record", async () => {
    const fields = fieldsOf("state/run-store.ts", "RunRecord");
    const { record } = await oneHop();
    expect(fields).toEqual(expect.arrayContaining(Object.keys(record ?? {})));
    expect(namesUnder("The record").sort()).toEqual(fields.sort());
  });

  it("of what observers are told", () => {
    const text = readFileSync(new URL("../../../packages/core/src/observe/observer.ts", import.meta.url), "utf8");
    const types = [...text.matchAll(/readonly type: "([\w.]+)"/g)].map(([, type = ""]) => type);
    expect(types).toHaveLength(8);
    expect(namesUnder("What observers are told").sort()).toEqual(types.sort());
  });
});
