import { type RunningApp, startApp } from "@longhaul/local/testing";
import { afterAll, beforeAll, expect, it } from "vitest";

let app: RunningApp;
beforeAll(async () => {
  app = await startApp({ timeoutSeconds: 2, environment: { MAX_RECORDS_PER_SECOND: "1000" } });
});
afterAll(() => app?.close());

const cities = Array.from({ length: 2_500 }, (_, id) => ({ id, name: `city ${id}` }));

it("stores each valid record of a file, over several hops", async () => {
  await app.put("in/cities.ndjson", cities.map((city) => `${JSON.stringify(city)}\n`).join(""));
  const run = await app.runs.wait();
  expect(run.status).toBe("done");
  expect(run.hop).toBeGreaterThan(0);
  const items = await app.items("RecordsTableName");
  const stored = items.toSorted((a, b) => Number(a.record) - Number(b.record)).map(({ data }) => JSON.parse(`${data}`));
  expect(stored).toEqual(cities);
});
