import { parentPort, workerData } from "node:worker_threads";
import type { Bounds } from "./bounds.ts";
import type { CheckMessage, CheckRequest } from "./check-all.ts";
import { search } from "./search.ts";
import { traceText } from "./trace-text.ts";

// One search, in a thread of its own.
const { bounds, states, endMs } = workerData as CheckRequest & { readonly bounds: Bounds };
const post = (message: CheckMessage) => parentPort?.postMessage(message);
const onProgress = (count: number, depth: number) => post({ states: count, depth });
const { violation, ...facts } = search(bounds, undefined, { states, endMs, onProgress });
post({ ...facts, ...(violation && { broken: violation.broken, trace: traceText(violation) }) });
