import { type RunningApp, startApp } from "@longhaul/local/testing";
import { afterAll, beforeAll, expect, it } from "vitest";

let app: RunningApp;
beforeAll(async () => {
  app = await startApp({ environment: { WAIT_SECONDS: "1" } });
});
afterAll(() => app?.close());

it("processes each message of the queue", async () => {
  const sent = [1, 2, 3].map((order) => app.send({ order, workMs: 10 }));
  await app.start();
  await app.emptied();
  // What the processor in src/work.ts says of each message.
  const processed = () =>
    app.printed.flatMap((line) => (line.includes('"processed"') ? [JSON.parse(line).messageId] : []));
  await expect.poll(() => processed().sort(), { timeout: 60_000 }).toEqual(sent.sort());
});
