import { execFile, execFileSync } from "node:child_process";
import { existsSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";

/** Directory of the Python handlers. */
export const pythonDirectory = fileURLToPath(new URL("../python", import.meta.url));

/** Where a Python is that can run the handlers. */
export interface Python {
  readonly path: string;
}

/** The part of this process's environment that Python needs, and no more: no credentials, no endpoint. */
export const pythonEnvironment: Readonly<Record<string, string>> = {
  ...Object.fromEntries(
    ["PATH", "HOME", "TMPDIR", "PYENV_ROOT"].flatMap((name) => {
      const value = process.env[name];
      return value === undefined ? [] : [[name, value]];
    }),
  ),
  PYTHONDONTWRITEBYTECODE: "1",
};

const own = fileURLToPath(new URL("../../.venv/bin/python", import.meta.url));

/**
 * Finds Python, with boto3 if `needs` says so: the one of the virtual environment that `npm run test:peers` makes, else
 * the machine's. Only under `LONGHAUL_PEERS=required`, which that command sets: `npm test` needs Node and npm alone, and
 * does the same on every machine.
 *
 * @throws Error if Python is required and missing.
 */
export function findPython(
  needs?: "boto3",
  path = existsSync(own) ? own : "python3",
): Python | { readonly missing: string } {
  if (process.env.LONGHAUL_PEERS !== "required") return { missing: "Python is for npm run test:peers" };
  // Versions before 1.28 do not know AWS_ENDPOINT_URL and would call AWS itself.
  const probe = needs
    ? "import boto3; assert tuple(map(int, boto3.__version__.split('.')[:2])) >= (1, 28)"
    : "import sys; assert sys.version_info >= (3, 9)";
  try {
    execFileSync(path, ["-c", probe], { stdio: "ignore", env: pythonEnvironment });
    return { path };
  } catch {
    const missing = needs ? "there is no Python with boto3 from 1.28" : "there is no Python from 3.9";
    throw new Error(`${missing}, which LONGHAUL_PEERS=required asks for; npm run test:peers brings it.`);
  }
}

/** Runs Python beside the handlers to its end; answers with what it printed. */
export async function runPython({ path }: Python, args: readonly string[]): Promise<string> {
  const { stdout, stderr } = await promisify(execFile)(path, args, { cwd: pythonDirectory, env: pythonEnvironment });
  return stdout + stderr;
}
