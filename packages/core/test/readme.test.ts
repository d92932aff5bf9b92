import { spawn } from "node:child_process";
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { expect, it } from "vitest";

const core = fileURLToPath(new URL("..", import.meta.url));
const readme = readFileSync(`${core}README.md`, "utf8");
const example = readme
  .split("```")
  .find((block) => block.startsWith("ts\n") && block.includes("simulateMany("))
  ?.slice("ts\n".length);

/** Runs a program as a file of this package would be. */
function run(program: string): Promise<{ readonly code: number | null; readonly errors: string }> {
  const args = ["--conditions=longhaul-source", "--input-type=module-typescript", "-"];
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, args, { cwd: core, stdio: ["pipe", "ignore", "pipe"] });
    let errors = "";
    child.stderr.on("data", (chunk: Buffer) => {
      errors += chunk.toString();
    });
    child.on("error", reject);
    child.on("close", (code) => resolve({ code, errors }));
    child.stdin.end(program);
  });
}

/** The example with one of its lines changed. */
function changed(line: string, to: string): string {
  expect(example).toContain(line);
  return `${example}`.replace(line, to);
}

it("the README's example of a simulation is green as it stands", async () => {
  expect(await run(`${example}`)).toEqual({ code: 0, errors: "" });
});

it.each<[what: string, line: string, to: string, message: string]>([
  ["throws", 'await world.effect(String(event.items[at]), "done"', 'throw new Error("no"', "runIsDone does not hold"],
  ["yields a Date", "yield at + 1;", "yield new Date(at) as never;", "statesTravel does not hold"],
  ["never yields", "yield at + 1;", "", "runIsDone does not hold"],
  ["leaves an item out", "yield at + 1;", "yield ++at + 1;", "everyItemAtLeastOnce does not hold"],
])("and red when its work %s", async (_, line, to, message) => {
  const { code, errors } = await run(changed(line, to));
  expect(code).toBe(1);
  expect(errors).toContain(message);
  expect(errors).toContain("LONGHAUL_SEED=0");
});
