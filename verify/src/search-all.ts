import { once } from "node:events";
import { Worker } from "node:worker_threads";
import type { ExhaustiveCheck, NamedBounds, Searched } from "./exhaustive-check.ts";

/** A search to make. */
export interface Search {
  readonly check: ExhaustiveCheck;
  readonly bounds: NamedBounds;
  /** Name of the deliberate bug. Default: none. */
  readonly bug?: string | undefined;
}

/** The end of one search. */
export interface SearchedBounds extends Searched {
  /** Name of its check. */
  readonly of: string;
  readonly bounds: NamedBounds;
}

/** One search for a thread. */
export interface SearchRequest {
  /** Address of the module of its check. */
  readonly module: string;
  readonly bounds: string;
  readonly bug?: string | undefined;
  readonly states: number;
  readonly endMs: number;
}

/** A thread's report: how far it is, or the end. */
export type SearchMessage = Searched | { readonly states: number; readonly depth: number };

/** Limits of all searches together. */
export interface SearchAllLimits {
  readonly states?: number;
  readonly seconds: number;
  readonly threads: number;
  readonly onProgress?: (search: Search, states: number, depth: number) => void;
}

/** Makes searches, several at once, each in a thread. Huge ones come last, and share the time that the others leave. */
export async function searchAll(searches: readonly Search[], limits: SearchAllLimits): Promise<SearchedBounds[]> {
  const { states = Number.POSITIVE_INFINITY, seconds, threads, onProgress } = limits;
  const endMs = Date.now() + seconds * 1_000;
  const isHuge = ({ bounds }: Search) => bounds.size === "huge";
  const left = [...searches.filter((each) => !isHuge(each)), ...searches.filter(isHuge)];
  const ended = new Map<Search, SearchedBounds>();
  const inTurn = async () => {
    for (let search = left.shift(); search; search = left.shift()) {
      const { check, bounds, bug } = search;
      const turns = isHuge(search) ? Math.ceil((left.length + 1) / threads) : 1;
      const request: SearchRequest = {
        ...{ module: check.module, bounds: bounds.name, bug },
        states: Math.ceil(states / searches.length),
        endMs: Date.now() + (endMs - Date.now()) / turns,
      };
      const searched = await inThread(request, (count, depth) => onProgress?.(search, count, depth));
      ended.set(search, { of: check.name, bounds, ...searched });
    }
  };
  await Promise.all(Array.from({ length: threads }, inTurn));
  return searches.map((search) => ended.get(search)!);
}

async function inThread(
  request: SearchRequest,
  onProgress: (states: number, depth: number) => void,
): Promise<Searched> {
  const worker = new Worker(new URL("worker.ts", import.meta.url), {
    workerData: request,
    // Packages resolve to their sources, in a thread of Vitest too.
    execArgv: ["--conditions=longhaul-source"],
  });
  let searched: Searched | undefined;
  worker.on("message", (message: SearchMessage) => {
    if ("seconds" in message) searched = message;
    else onProgress(message.states, message.depth);
  });
  await once(worker, "exit");
  if (!searched) throw new Error(`The search "${request.bounds}" ended without a result.`);
  return searched;
}
