import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";

/** Starts a program of Node in a process of its own, which is asked over IPC. */
export function start(file: string, execArgv: readonly string[]): ChildProcess {
  return fork(file, { execArgv: [...execArgv] });
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
