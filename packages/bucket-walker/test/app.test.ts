import { type RunningApp, startApp } from "@longhaul/local/testing";
import { afterAll, beforeAll, expect, it } from "vitest";

let app: RunningApp;
beforeAll(async () => {
  app = await startApp({ context: { actions: "each" } });
  for (const key of ["2025/a.txt", "2026/b.txt", "2026/c.txt"]) await app.put(key, `content of ${key}`);
});
afterAll(() => app?.close());

it("does its work on each object", async () => {
  const walked = await app.start({ action: "each" });
  expect(walked).toMatchObject({ status: "done", result: { result: { action: "each", objects: 3, failed: 0 } } });
});

it("reports the objects below a prefix", async () => {
  const walked = await app.start({ prefix: "2026/" });
  expect(walked).toMatchObject({ status: "done", result: { result: { objects: 2, bytes: 42 } } });
});
