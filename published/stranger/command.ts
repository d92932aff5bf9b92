import { spawn } from "node:child_process";
import { once } from "node:events";

/** A command that has ended. */
export interface Finished {
  /** `undefined` if a signal ended it. */
  readonly code: number | undefined;
  readonly stdout: string;
  readonly stderr: string;
}

/** How a command is run. */
export interface CommandOptions {
  readonly cwd: string;
  readonly env: Readonly<Record<string, string>>;
  /** Ends it after so long. Default: 5 minutes. */
  readonly timeoutMs?: number;
}

/** Runs a command to its end, as a shell would find it on the `PATH` of its environment. */
export async function command(
  [program, ...args]: readonly [string, ...string[]],
  { cwd, env, timeoutMs = 300_000 }: CommandOptions,
): Promise<Finished> {
  const child = spawn(program, args, { cwd, env, stdio: ["ignore", "pipe", "pipe"], timeout: timeoutMs });
  const texts = [child.stdout, child.stderr].map(async (stream) => {
    const chunks: Buffer[] = [];
    for await (const chunk of stream) chunks.push(chunk);
    return Buffer.concat(chunks).toString("utf8");
  });
  const [code] = await once(child, "close");
  const [stdout = "", stderr = ""] = await Promise.all(texts);
  return { code: code ?? undefined, stdout, stderr };
}
