import { PassThrough } from "node:stream";
import { describe, expect, it } from "vitest";
import { UsageError } from "../usage-error.ts";
import { confirm } from "./confirm.ts";

function terminal(typed: string, isTTY = true) {
  const input = Object.assign(new PassThrough(), { isTTY }) as unknown as NodeJS.ReadStream;
  const output = new PassThrough() as unknown as NodeJS.WriteStream;
  (input as unknown as PassThrough).write(typed);
  return { input, output };
}

describe("what cannot be taken back is asked for", () => {
  it.each([
    ["y\n", true],
    ["Yes\n", true],
    ["\n", false],
    ["n\n", false],
    ["yellow\n", false],
  ])("%j is %s", async (typed, answer) => {
    expect(await confirm("Stop run a?", undefined, terminal(typed))).toBe(answer);
  });

  it("unless the command line says yes", async () => {
    expect(await confirm("Stop run a?", true, terminal("n\n"))).toBe(true);
  });

  it("and refused where nobody can answer", async () => {
    await expect(confirm("Stop run a?", undefined, terminal("y\n", false))).rejects.toThrow(UsageError);
  });
});
