import { spawn } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";
import type { Answer, Container } from "./container.ts";
import { type Python, pythonDirectory, pythonEnvironment } from "./python.ts";

/** Starts a Python process with one handler's module in it. */
export function startPython(
  { path }: Python,
  module: string,
  env: Readonly<Record<string, string>>,
  directory: string,
): Container {
  const child = spawn(path, ["container.py", module], {
    cwd: pythonDirectory,
    env: { ...pythonEnvironment, ...env, TMPDIR: directory },
    stdio: ["pipe", "pipe", "pipe"],
  });
  let printed = "";
  child.stderr.setEncoding("utf8").on("data", (text: string) => {
    printed += text;
  });
  // A process that has gone says so by the end of its answers.
  child.stdin.on("error", () => {});
  const answers = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  const ended = once(child, "close");
  return {
    async invoke(call) {
      child.stdin.write(`${JSON.stringify(call)}\n`);
      const { value, done } = await answers.next();
      if (done) throw new Error(`Python ended: ${printed}`);
      const { outcome, error } = JSON.parse(value) as { readonly outcome?: Answer; readonly error?: string };
      if (!outcome) throw new Error(error);
      return outcome;
    },
    async close() {
      child.stdin.end();
      await ended;
    },
  };
}
