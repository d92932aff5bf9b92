import { parentPort, workerData } from "node:worker_threads";
import { BUGS } from "./bugs.ts";
import type { CheckMessage, CheckRequest } from "./check-all.ts";
import { shipped } from "./protocol.ts";
import { search } from "./search.ts";
import { traceText } from "./trace-text.ts";

// One search, in a thread of its own.
const { bounds, bug, states, endMs } = workerData as CheckRequest;
const protocol = { ...shipped, ...BUGS.find(({ name }) => name === bug)?.functions };
const post = (message: CheckMessage) => parentPort?.postMessage(message);
const onProgress = (count: number, depth: number) => post({ states: count, depth });
const { violation, ...facts } = search(bounds, protocol, { states, endMs, onProgress });
post({ ...facts, ...(violation && { broken: violation.broken, trace: traceText(violation) }) });
