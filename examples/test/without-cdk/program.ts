import { execFile } from "node:child_process";
import { promisify } from "node:util";

const execute = promisify(execFile);

/** Runs a program in a folder, offline, and answers with what it printed; one that fails rejects with all of that. */
export async function program(command: string, args: readonly string[], cwd: string): Promise<string> {
  const env = {
    ...process.env,
    AWS_DEFAULT_REGION: "eu-west-1",
    AWS_ACCESS_KEY_ID: "id",
    AWS_SECRET_ACCESS_KEY: "secret",
    AWS_EC2_METADATA_DISABLED: "true",
    SLS_TELEMETRY_DISABLED: "1",
  };
  try {
    const { stdout } = await execute(command, args, { cwd, env, timeout: 120_000, maxBuffer: 20_000_000 });
    return stdout;
  } catch (error) {
    const { stdout, stderr } = error as { stdout?: string; stderr?: string };
    throw new Error(`${command} ${args.join(" ")} failed:\n${stdout}\n${stderr}`, { cause: error });
  }
}
