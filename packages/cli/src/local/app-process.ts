import { type ChildProcess, spawn } from "node:child_process";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import type { RunResult, Verdict, VerifyContext } from "@longhaul/local";
import { errorPage } from "../error-page.ts";
import type { AppAnswer, AppCall, AppDescription, AppFunction } from "./app-calls.ts";
import { placedError } from "./error-place.ts";

/** An app's configuration, in a process of its own. */
export interface AppProcess extends AppDescription {
  startEvent(outputs: VerifyContext["outputs"]): Promise<unknown>;
  verify(context: Omit<VerifyContext, "read">): Promise<Verdict>;
  results(context: Omit<VerifyContext, "read">): Promise<readonly RunResult[]>;
  close(): void;
}

/** An app's configuration cannot be loaded, or one of its functions failed. */
export class AppError extends Error {
  readonly code = "APP";
  readonly helpUrl = errorPage(this.code);
}

/** This process runs from sources, so the app is to use them too. */
const runsFromSource = import.meta.url.endsWith(".ts");

function hostFile(): string {
  return fileURLToPath(new URL(runsFromSource ? "../app-host.ts" : "./app-host.mjs", import.meta.url));
}

/** The most that is kept of an app's output while it is loaded, in characters. */
const MAX_PRINTED = 16_000;

/**
 * Loads an app's configuration.
 *
 * @param onLine - told of each line that the app's code prints.
 * @throws {@link AppError} if it cannot be loaded, with file, line and column where Node knows them.
 */
export async function openApp(configFile: string, onLine: (line: string) => void): Promise<AppProcess> {
  const options = [
    "--disable-warning=ExperimentalWarning",
    ...(runsFromSource ? ["--conditions=longhaul-source"] : []),
  ];
  const child = spawn(process.execPath, [...options, hostFile(), configFile], {
    stdio: ["ignore", "pipe", "pipe", "ipc"],
  });
  let printed = "";
  let isLoaded = false;
  let bytesRead = 0;
  /**
   * Settles when all that the app's code has printed so far is read. An answer comes by another pipe than what was printed
   * before it. That is in its own pipe by now: a whole turn of the event loop in which nothing comes shows that it is empty.
   */
  const outputRead = async () => {
    for (let before = -1; before !== bytesRead; ) {
      before = bytesRead;
      // The first one may still come in the turn that is under way, in which pipes were asked before.
      await new Promise((resolve) => setImmediate(() => setImmediate(resolve)));
    }
  };
  for (const stream of [child.stdout, child.stderr]) {
    if (!stream) continue;
    stream.on("data", (chunk: Buffer) => {
      bytesRead += chunk.length;
    });
    createInterface({ input: stream, crlfDelay: Number.POSITIVE_INFINITY }).on("line", (line) => {
      if (line === "") return;
      if (isLoaded) onLine(line);
      else printed = `${printed}${line}\n`.slice(-MAX_PRINTED);
    });
  }
  const description = await new Promise<AppDescription>((resolve, reject) => {
    child.once("message", resolve);
    child.once("error", reject);
    child.once("close", (code, signal) => {
      const placed = placedError(printed);
      const ended = `${configFile} ended the process (${signal ?? `exit ${code}`}).\n${printed}`;
      reject(new AppError(placed ? [placed.headline, ...placed.frames].join("\n") : ended.trim()));
    });
  });
  await outputRead();
  isLoaded = true;
  for (const line of printed.split("\n")) if (line !== "") onLine(line);
  return withCalls(child, description, outputRead);
}

function withCalls(child: ChildProcess, description: AppDescription, outputRead: () => Promise<void>): AppProcess {
  const waiting = new Map<number, { resolve(value: unknown): void; reject(error: Error): void }>();
  let calls = 0;
  let end: string | undefined;
  child.on("message", async (answer: AppAnswer) => {
    await outputRead();
    const caller = waiting.get(answer.id);
    waiting.delete(answer.id);
    if ("error" in answer) caller?.reject(new AppError(answer.error.message));
    else caller?.resolve(answer.value);
  });
  child.once("close", (code, signal) => {
    end = signal ?? `exit ${code}`;
    for (const [id, { reject }] of waiting) {
      waiting.delete(id);
      reject(new AppError(`The app's own code ended its process (${end}).`));
    }
  });
  const call = (name: AppFunction, argument: unknown) =>
    new Promise<unknown>((resolve, reject) => {
      if (end !== undefined) return reject(new AppError(`The app's own code ended its process (${end}).`));
      const id = ++calls;
      waiting.set(id, { resolve, reject });
      child.send({ id, name, argument } satisfies AppCall);
    });
  return {
    ...description,
    startEvent: (outputs) => call("startEvent", outputs),
    verify: (context) => call("verify", context) as Promise<Verdict>,
    results: (context) => call("results", context) as Promise<readonly RunResult[]>,
    close: () => void child.kill(),
  };
}
