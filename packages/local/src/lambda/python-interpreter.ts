import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { LambdaError } from "./lambda-error.ts";
import type { PythonRuntime } from "./runtimes.ts";

/** A Python of this machine, and what is installed for it. */
export interface PythonInterpreter {
  /** The program itself, behind the shims of version managers and of virtual environments. */
  readonly program: string;
  /** Such as `3.13`. */
  readonly version: string;
  /** Directories of installed packages, those of a virtual environment first. */
  readonly packages: readonly string[];
}

/** The oldest Python 3 that Lambda has a runtime for, and that the runtime client is written in. */
const LEAST_MINOR = 9;

/** Has an interpreter describe itself. `_base_executable` is the one that a virtual environment was made of. */
const PROBE = `
import json, sys
names = ("site-packages", "dist-packages")
print(json.dumps({
    "program": getattr(sys, "_base_executable", None) or sys.executable,
    "version": "%d.%d" % sys.version_info[:2],
    "packages": [path for path in sys.path if path.rstrip("/").endswith(names)],
}))`;

/**
 * Finds the Python for a runtime on the PATH: that of its version, or else `python3`.
 *
 * @throws LambdaError if there is none.
 */
export async function findPython(runtime: PythonRuntime): Promise<PythonInterpreter> {
  for (const name of [runtime, "python3", "python"]) {
    try {
      const { stdout } = await promisify(execFile)(name, ["-c", PROBE], { timeout: 20_000 });
      const found = JSON.parse(stdout) as PythonInterpreter;
      const [major = 0, minor = 0] = found.version.split(".").map(Number);
      if (major === 3 && minor >= LEAST_MINOR) return found;
    } catch {
      // A version manager has names for versions that are not installed.
    }
  }
  throw new LambdaError(
    "InvalidParameterValueException",
    400,
    `There is no Python on the PATH for the runtime ${runtime}: neither ${runtime} nor a python3 of 3.${LEAST_MINOR} or later. Install one.`,
  );
}
