import { type RunningApp, startApp } from "@longhaul/local/testing";
import { afterAll, beforeAll, expect, it } from "vitest";
import { pinHash } from "../src/work.ts";

let app: RunningApp;
beforeAll(async () => {
  app = await startApp({ timeoutSeconds: 2 });
});
afterAll(() => app?.close());

it("hashes each customer's PIN, over several hops", async () => {
  await app.start({ items: 100 });
  const run = await app.runs.wait();
  expect(run.status).toBe("done");
  expect(run.hop).toBeGreaterThan(0);
  const hashes = Array.from({ length: 100 }, (_, customer) => `customer ${customer}: ${pinHash(customer)}`);
  expect(app.printed).toEqual(expect.arrayContaining(hashes));
});
