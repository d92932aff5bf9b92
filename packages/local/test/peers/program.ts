import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";

/** A program and its arguments; never a shell's line. */
export interface Program {
  readonly command: string;
  readonly args: readonly string[];
  readonly cwd?: string;
  readonly env?: Readonly<Record<string, string>>;
  /** It is ended after so long. */
  readonly timeoutMs: number;
}

/** A program did not do what it was run for; the message has the end of what it printed. */
class ProgramError extends Error {
  constructor({ command, args }: Program, what: string, printed: string) {
    const lines = printed.trimEnd().split("\n").slice(-12).join("\n");
    super(`${command} ${args.slice(0, 3).join(" ")} ${what}${lines ? `:\n${lines}` : "."}`);
  }
}

/** Programs that are up; each is ended, by its id, however this process ends. */
const running = new Set<ChildProcess>();

process.once("exit", () => {
  for (const child of running) child.kill("SIGKILL");
});
for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) {
  process.once(signal, () => process.exit(1));
}

function start({ command, args, cwd, env }: Program, stdio: "inherit" | "pipe"): ChildProcess {
  const child = spawn(command, args, { cwd, env: { ...process.env, ...env }, stdio: ["pipe", stdio, stdio] });
  running.add(child);
  child.once("close", () => running.delete(child));
  return child;
}

/**
 * Runs a program to its end.
 *
 * @param output - whether what it prints is shown, or kept for the error.
 * @returns its exit code.
 * @throws {ProgramError} if it cannot be run, takes too long, or (with `keep`) fails.
 */
export async function run(program: Program, output: "show" | "keep"): Promise<number> {
  const child = start(program, output === "show" ? "inherit" : "pipe");
  const printed = collect(child);
  child.stdin?.end();
  let isLate = false;
  const timer = setTimeout(() => {
    isLate = true;
    child.kill("SIGKILL");
  }, program.timeoutMs);
  try {
    const [code] = (await once(child, "close")) as [number | null];
    if (isLate) throw new ProgramError(program, `took more than ${program.timeoutMs / 1000} s`, printed());
    if (output === "keep" && code !== 0) throw new ProgramError(program, `ended with ${code}`, printed());
    return code ?? 1;
  } catch (error) {
    if (error instanceof ProgramError) throw error;
    throw new ProgramError(program, `cannot be run (${error instanceof Error ? error.message : error})`, printed());
  } finally {
    clearTimeout(timer);
  }
}

/** A server that is up. */
export interface Server {
  readonly url: string;
  stop(): Promise<void>;
}

/**
 * Starts a server, and waits until it names the loopback address it listens on.
 *
 * @throws {ProgramError} if it ends first, or does not name one in time.
 */
export async function serve(program: Program): Promise<Server> {
  const child = start(program, "pipe");
  const printed = collect(child);
  const ended = once(child, "close").catch(() => {});
  const stop = async () => {
    child.kill("SIGKILL");
    await ended;
  };
  const untilMs = Date.now() + program.timeoutMs;
  for (;;) {
    const url = /http:\/\/127\.0\.0\.1:[0-9]+/.exec(printed())?.[0];
    if (url) return { url, stop };
    if (child.exitCode !== null || child.pid === undefined) throw new ProgramError(program, "ended", printed());
    if (Date.now() > untilMs) {
      await stop();
      throw new ProgramError(program, `is not up after ${program.timeoutMs / 1000} s`, printed());
    }
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

function collect(child: ChildProcess): () => string {
  let text = "";
  for (const stream of [child.stdout, child.stderr]) {
    stream?.setEncoding("utf8").on("data", (chunk: string) => {
      text = (text + chunk).slice(-20_000);
    });
  }
  return () => text;
}
