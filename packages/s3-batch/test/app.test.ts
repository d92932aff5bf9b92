import { type RunningApp, startApp } from "@longhaul/local/testing";
import { afterAll, beforeAll, expect, it } from "vitest";

let app: RunningApp;
beforeAll(async () => {
  app = await startApp({ timeoutSeconds: 2, environment: { MAX_BYTES_PER_SECOND: "100000" } });
});
afterAll(() => app?.close());

const lines = (count: number) =>
  Array.from({ length: count }, (_, n) => `${JSON.stringify({ id: n, name: `city ${n}` })}\n`).join("");

it("turns each record into a line of the result, over several hops", async () => {
  await app.put("in/cities.ndjson", lines(5_000));
  const run = await app.runs.wait();
  expect(run.status).toBe("done");
  expect(run.hop).toBeGreaterThan(0);
  expect(await app.text("out/cities.ndjson.ndjson")).toBe(lines(5_000));
});
