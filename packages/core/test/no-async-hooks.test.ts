import { execFile } from "node:child_process";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { expect, it } from "vitest";

const script = fileURLToPath(import.meta.resolve("./print-traces.ts"));

async function traces(...options: string[]): Promise<string> {
  const args = ["--conditions=longhaul-source", ...options, script];
  const { stdout } = await promisify(execFile)(process.execPath, args, { maxBuffer: 1e8 });
  return stdout;
}

it("a simulation is the same where there is no AsyncLocalStorage, as in a browser's worker", async () => {
  const without = "data:text/javascript,process.getBuiltinModule = undefined; delete globalThis.setImmediate";
  const [here, there] = await Promise.all([traces(), traces("--import", without)]);
  expect(here).toContain("seed 19: done");
  expect(there).toBe(here);
});
