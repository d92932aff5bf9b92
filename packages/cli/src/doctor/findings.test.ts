import { describe, expect, it } from "vitest";
import { findingsOf } from "./findings.ts";
import type { FunctionFacts } from "./function-facts.ts";

const sound: FunctionFacts = {
  functionName: "worker",
  runtime: "nodejs24.x",
  timeoutSeconds: 900,
  memoryMb: 1_024,
  state: "Active",
  variables: { LONGHAUL_RECURSIVE_LOOP: "Allow", LONGHAUL_RUN_TABLE: "runs" },
  recursiveLoop: "Allow",
  reservedConcurrency: undefined,
  retryAttempts: 2,
  maxEventAgeSeconds: 21_600,
  onFailure: "arn:aws:sqs:us-east-1:000000000000:failures",
  table: {
    tableName: "runs",
    exists: true,
    partitionKey: "run",
    indexes: ["live", "status"],
    ttl: "ttl",
    sweepers: ["sweeper"],
  },
};
const table = sound.table as NonNullable<FunctionFacts["table"]>;

describe("longhaul doctor", () => {
  it("finds nothing in what RecursiveFunction and RunTable make", () => {
    const findings = findingsOf(sound);
    expect(findings.map(({ level }) => level)).toEqual(Array(9).fill("ok"));
    expect(findings.every(({ mend }) => mend === undefined)).toBe(true);
  });

  it.each<[string, Partial<FunctionFacts>, "error" | "warning", RegExp, RegExp]>([
    ["state", { state: "Failed: no image" }, "error", /Failed: no image/, /Deploy it again/],
    ["runtime", { runtime: "nodejs18.x" }, "error", /nodejs18\.x/, /nodejs22\.x, nodejs24\.x/],
    ["throttled", { reservedConcurrency: 0 }, "error", /every invocation is refused/, /longhaul revive worker/],
    ["loop detection", { recursiveLoop: "Terminate" }, "error", /about 16 hops/, /RecursiveLoop to Allow/],
    ["loop detection", { variables: {} }, "warning", /before hop 16/, /LONGHAUL_RECURSIVE_LOOP=Allow/],
    ["timeout", { timeoutSeconds: 3 }, "warning", /may take 3 s/, /900 s/],
    ["retries", { retryAttempts: 0 }, "warning", /not again/, /MaximumRetryAttempts to 2/],
    ["retries", { retryAttempts: 1 }, "warning", /once again/, /MaximumRetryAttempts to 2/],
    ["retries", { maxEventAgeSeconds: 60 }, "warning", /60 s at most/, /21600/],
    ["failures", { onFailure: undefined }, "warning", /is dropped/, /on-failure destination/],
    ["run table", { table: undefined }, "warning", /no run table/, /RunTable/],
    ["run table", { table: { ...table, exists: false } }, "error", /no table runs/, /LONGHAUL_RUN_TABLE/],
    ["run table", { table: { ...table, partitionKey: "id" } }, "error", /is id, not run/, /constructs/],
    ["run table", { table: { ...table, indexes: ["status"] } }, "error", /no index live:/, /keys only/],
    ["run table", { table: { ...table, indexes: [] } }, "error", /live and status/, /keys only/],
    ["run table", { table: { ...table, ttl: undefined } }, "warning", /never expire/, /attribute ttl/],
    ["sweeper", { table: { ...table, sweepers: [] } }, "error", /never continues/, /schedule/],
  ])("%s: %j", (check, changed, level, message, mend) => {
    const bad = findingsOf({ ...sound, ...changed }).filter((finding) => finding.level !== "ok");
    expect(bad).toEqual([{ check, level, message: expect.stringMatching(message), mend: expect.stringMatching(mend) }]);
  });
});
