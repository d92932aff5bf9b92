import { type RunningApp, startApp } from "@longhaul/local/testing";
import { afterAll, beforeAll, expect, it } from "vitest";

let app: RunningApp;
beforeAll(async () => {
  app = await startApp({ timeoutSeconds: 2 });
});
afterAll(() => app?.close());

it("works off each item, over several hops", async () => {
  await app.start({ items: 150 });
  const run = await app.runs.wait();
  expect(run.status).toBe("done");
  expect(run.hop).toBeGreaterThan(0);
  const items = Array.from({ length: 150 }, (_, item) => `item ${item} is done`);
  expect(app.printed).toEqual(expect.arrayContaining(items));
});
