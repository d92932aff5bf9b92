import { describe, expect, it } from "vitest";
import { EXAMPLES } from "./examples.ts";
import { jobOf, rowsOf } from "./rows.ts";

const [{ job: records }] = EXAMPLES;

describe("the form", () => {
  const fields = { items: "1000000", itemSeconds: "0.1", memoryMb: "512", runs: "1" };
  const read = (changed: Partial<typeof fields>) => jobOf((name) => ({ ...fields, ...changed })[name]);

  it("is read as a job, whose table says one way to be the cheapest", () => {
    expect(read({})).toEqual(records);
    expect(rowsOf(records).filter(({ isCheapest }) => isCheapest)).toMatchObject([
      { way: "Fargate, one task", cost: "$0.55" },
    ]);
  });

  it.each([
    ["items", { items: "" }],
    ["items", { items: "1.5" }],
    ["itemSeconds", { itemSeconds: "0" }],
    ["memoryMb", { memoryMb: "much" }],
    ["runs", { runs: "-1" }],
  ])("names a field that has no number that can be used: %s", (wrong, changed) => {
    expect(read(changed)).toEqual({ wrong });
  });
});
