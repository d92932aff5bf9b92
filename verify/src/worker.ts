import { parentPort, workerData } from "node:worker_threads";
import type { ExhaustiveCheck } from "./exhaustive-check.ts";
import type { SearchMessage, SearchRequest } from "./search-all.ts";

// One search, in a thread of its own.
const { module, bounds, bug, states, endMs } = workerData as SearchRequest;
const { check } = (await import(module)) as { readonly check: ExhaustiveCheck };
const post = (message: SearchMessage) => parentPort?.postMessage(message);
const onProgress = (count: number, depth: number) => post({ states: count, depth });
post(await check.search(bounds, bug, { states, endMs, onProgress }));
