import { once } from "node:events";
import { Worker } from "node:worker_threads";
import type { Bounds } from "./bounds.ts";
import type { Broken } from "./record-space.ts";
import type { SearchResult } from "./search.ts";

/** One search for a thread. */
export interface CheckRequest {
  readonly bounds: Bounds;
  /** Name of the deliberate bug that the lease has. */
  readonly bug?: string | undefined;
  readonly states: number;
  readonly endMs: number;
}

/** The end of one search, with its trace as text. */
export interface Checked extends Omit<SearchResult, "violation"> {
  readonly broken?: Broken;
  readonly trace?: string;
}

/** A thread's report: how far it is, or the end. */
export type CheckMessage = Checked | { readonly states: number; readonly depth: number };

/** Limits of all searches together. */
export interface CheckLimits {
  /** Name of the deliberate bug that the lease has. Default: none. */
  readonly bug?: string | undefined;
  readonly states: number;
  readonly seconds: number;
  readonly threads: number;
  readonly onProgress: (name: string, states: number, depth: number) => void;
}

/** Searches each of the bounds, several at once. Time that one leaves over is the others'. */
export async function checkAll(list: readonly Bounds[], limits: CheckLimits): Promise<Checked[]> {
  const { bug, states, seconds, threads, onProgress } = limits;
  const endMs = Date.now() + seconds * 1_000;
  const left = [...list];
  const checked: Checked[] = [];
  const inTurn = async () => {
    for (let bounds = left.shift(); bounds; bounds = left.shift()) {
      const { name } = bounds;
      const turns = Math.ceil((left.length + 1) / threads);
      const ownMs = Date.now() + (endMs - Date.now()) / turns;
      const request: CheckRequest = { bounds, bug, states: Math.ceil(states / list.length), endMs: ownMs };
      checked.push(await inThread(request, (count, depth) => onProgress(name, count, depth)));
    }
  };
  await Promise.all(Array.from({ length: threads }, inTurn));
  return checked;
}

async function inThread(request: CheckRequest, onProgress: (states: number, depth: number) => void): Promise<Checked> {
  const worker = new Worker(new URL("worker.ts", import.meta.url), { workerData: request });
  let checked: Checked | undefined;
  worker.on("message", (message: CheckMessage) => {
    if ("seconds" in message) checked = message;
    else onProgress(message.states, message.depth);
  });
  await once(worker, "exit");
  if (!checked) throw new Error(`The search "${request.bounds.name}" ended without a result.`);
  return checked;
}
