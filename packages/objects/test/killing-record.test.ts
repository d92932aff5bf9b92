import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type BatchCloud, startBatchCloud } from "./batch-cloud.ts";

let cloud: BatchCloud;
beforeAll(async () => {
  cloud = await startBatchCloud({
    timeoutSeconds: 4,
    environment: { BATCH_SIZE: "50" },
    // A retry comes when the lease of a killed hop is over; the sweeper looks once a second.
    timeScale: 1 / 12,
    scheduleScale: 60,
  });
});
afterAll(() => cloud.stop());

const RECORDS = 400;
const KILLER = 222;

describe("[11] a data record that kills the function is set aside, and all others are in the result", () => {
  it.each(["exit", "memory"] as const)("by %s", { timeout: 240_000 }, async (kill) => {
    const records = Array.from({ length: RECORDS }, (_, id) => JSON.stringify({ id, ...(id === KILLER && { kill }) }));
    await cloud.put(`in/${kill}.ndjson`, records.map((record) => `${record}\n`).join(""));
    const { run } = await cloud.until(({ run, type }) => type === "done" && run.includes(`in/${kill}.ndjson@`));
    expect(await cloud.runs.get(run)).toMatchObject({ phase: "done" });
    const others = records.filter((_, id) => id !== KILLER);
    expect(await cloud.text(`out/${kill}.ndjson.ndjson`)).toBe(others.map((record) => `${record}\n`).join(""));
    const rejects = (await cloud.text(`out/${kill}.ndjson.rejects.ndjson`)) ?? "";
    expect(JSON.parse(rejects)).toMatchObject({ record: KILLER, reason: "killed-its-hops", text: records[KILLER] });
  });
});
