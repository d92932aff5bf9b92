import { simulate } from "@longhaul/core/testing";
import { afterEach, expect, it, vi } from "vitest";
import { handler } from "./loop.ts";

afterEach(() => void vi.unstubAllGlobals());

it("purges each page in order, over several invocations", async () => {
  const purged: string[] = [];
  vi.stubGlobal("fetch", async (url: string) => {
    purged.push(url);
    return new Response();
  });
  const { outcome, stats } = await simulate({
    seed: 1,
    faults: "calm",
    timeoutMs: 60_000,
    stepMs: [2_000, 3_000],
    event: { site: "https://example.com", pages: 100 },
    handler: () => handler,
  });
  expect(outcome).toBe("done");
  expect(stats.invocations).toBeGreaterThan(3);
  expect(purged).toEqual(Array.from({ length: 100 }, (_, at) => `https://example.com/pages/${at + 1}`));
});
