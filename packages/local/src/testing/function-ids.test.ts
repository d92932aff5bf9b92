import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { FunctionIdsError, functionIdsOf } from "./function-ids.ts";

let assembly: string;
beforeAll(async () => {
  assembly = await mkdtemp(join(tmpdir(), "longhaul-function-ids-"));
});
afterAll(() => rm(assembly, { recursive: true }));

/** The ids found in a stack of these functions and a bucket, whose output names `named`. */
async function found(functions: readonly string[], named: string | undefined) {
  const resources = functions.map((id) => [id, { Type: "AWS::Lambda::Function" }]);
  const template = {
    ...(named !== undefined && { Outputs: { FunctionName: { Value: { Ref: named } } } }),
    Resources: { Bucket: { Type: "AWS::S3::Bucket" }, ...Object.fromEntries(resources) },
  };
  await writeFile(join(assembly, "App.template.json"), JSON.stringify(template));
  return functionIdsOf(assembly, "App");
}

describe("worker and sweeper of an app are told apart by the stack's output", () => {
  it.each([[["A", "B"]], [["B", "A"]]])("in the order %j", async (functions) => {
    expect(await found(functions, "B")).toEqual({ worker: "B", sweeper: "A" });
  });

  it.each<[string, readonly string[], string | undefined]>([
    ["the output", ["A", "B"], undefined],
    ["the function that it names", ["A", "B"], "Bucket"],
    ["a second function", ["A"], "A"],
    ["a decision between two", ["A", "B", "C"], "A"],
  ])("and refused without %s", async (_, functions, named) => {
    await expect(found(functions, named)).rejects.toThrow(FunctionIdsError);
  });
});
