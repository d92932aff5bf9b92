import { dirname } from "node:path";
import { describe, expect, it, vi } from "vitest";
import { type Language, runRelay } from "../relay/run-relay.ts";
import { findPython } from "./python.ts";

const found = findPython("boto3");
const keys = Array.from({ length: 200 }, (_, at) => `key-${String(at).padStart(3, "0")}`);
const bytes = keys.join("").length;

describe("two deployed functions, one in each language, take turns at a walk [S1.1] [S1.2]", () => {
  if ("missing" in found) {
    it(`skipped: ${found.missing}`, ({ skip }) => skip());
    return;
  }
  // The embedded AWS takes Python from the PATH.
  vi.stubEnv("PATH", `${dirname(found.path)}:${process.env.PATH}`);

  it.for<Language>(["Python", "TypeScript"])("%s first: each key is reported once", async (first) => {
    const { hops, reported } = await runRelay({ keys, first });
    expect([...reported].sort()).toEqual(keys);
    expect(hops.at(-1)?.answer).toMatchObject({ status: "done", result: { objects: keys.length, bytes } });
    expect(hops.length).toBeGreaterThan(2);
    const other: Language = first === "Python" ? "TypeScript" : "Python";
    expect(hops.map(({ language }) => language)).toEqual(hops.map((_, at) => (at % 2 === 0 ? first : other)));
  });

  it.for<Language>(["Python", "TypeScript"])("%s first, and killed: Lambda tries its event again", async (first) => {
    const { hops, reported } = await runRelay({ keys, first, killedHop: 0 });
    expect(hops[0]).toMatchObject({ language: first, error: expect.stringContaining("killed") });
    expect(hops[1]).toMatchObject({ language: first, answer: { status: "continued" } });
    // What the killed hop had reported is reported again.
    expect(new Set(reported)).toEqual(new Set(keys));
    expect(hops.at(-1)?.answer).toMatchObject({ status: "done", result: { objects: keys.length, bytes } });
  });
});
