import { expect, it, vi } from "vitest";
import { invocation } from "../test/invocation.ts";

const sent: Record<string, unknown>[] = [];
vi.mock("@longhaul/core/lambda", () => ({
  lambdaDriver: () => ({
    name: "test",
    maxBytes: 1_000_000,
    async send({ event }: { event: Record<string, unknown> }) {
      sent.push(event);
    },
  }),
}));

it("refreshes each row once, in as many invocations as it takes", async () => {
  const { handler } = await import("./existing-handler.ts");
  const refreshed: number[] = [];
  const time = { leftMs: 0 };
  vi.stubGlobal("fetch", async (url: string) => {
    refreshed.push(Number(url.split("/").at(-2)));
    time.leftMs -= 1_000;
    return new Response();
  });
  let answer: unknown;
  let event: { rows: number } | undefined = { rows: 25 };
  for (let invocations = 0; event !== undefined; invocations++) {
    expect(invocations).toBeLessThan(10);
    time.leftMs = 10_000;
    answer = await handler(event, invocation(time));
    event = sent.pop() as { rows: number } | undefined;
  }
  expect(answer).toBe("25 rows refreshed");
  expect(refreshed).toEqual(Array.from({ length: 25 }, (_, row) => row));
});
