import { simulate } from "@longhaul/core/testing";
import { afterEach, expect, it, vi } from "vitest";
import { handler } from "./sealed-state.ts";

afterEach(() => void vi.unstubAllGlobals());

it("keeps its token through all hops, and shows it in no event", async () => {
  const tokens = new Set<unknown>();
  vi.stubGlobal("fetch", async (url: string, { headers }: { headers?: { Authorization: string } }) => {
    if (url.includes("/sessions/")) return new Response("the-secret-token");
    tokens.add(headers?.Authorization);
    return new Response();
  });
  const event = { list: "news", recipients: 50 };
  const result = await simulate({ seed: 1, faults: "calm", timeoutMs: 30_000, event, handler: () => handler });
  expect(result.outcome).toBe("done");
  expect(result.stats.invocations).toBeGreaterThan(2);
  expect([...tokens]).toEqual(["Bearer the-secret-token"]);
  expect(JSON.stringify(result.trace)).not.toContain("the-secret-token");
});
