import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";

/** Starts a program of Node in a process of its own, which is asked over IPC. */
export function start(file: string, execArgv: readonly string[]): ChildProcess {
  return fork(file, { execArgv: [...execArgv] });
}

/** Starts a program of this folder as {@link start} does; packages resolve to their sources. */
export function startProgram(name: string, flags: readonly string[] = []): ChildProcess {
  return start(fileURLToPath(new URL(name, import.meta.url)), ["--conditions=longhaul-source", ...flags]);
}

/** Sends a request to a process and waits for its answer. Rejects if the process ends before it. */
export async function ask<Answer>(child: ChildProcess, request: object): Promise<Answer> {
  child.send(request);
  const answered = new AbortController();
  const ended = once(child, "exit", { signal: answered.signal }).then(([code]) => {
    throw new Error(`${child.spawnfile} ended with ${code}.`);
  });
  ended.catch(() => {});
  try {
    const [answer] = await Promise.race([once(child, "message"), ended]);
    return answer as Answer;
  } finally {
    // A process that is asked often would gather listeners.
    answered.abort();
  }
}
