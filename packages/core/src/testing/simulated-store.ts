import type { BeginAnswer, OwnerWrite, RunRecord, RunStore, WriteAnswer } from "../state/run-store.ts";
import type { Container } from "./container.ts";
import { type CallFate, remoteCall } from "./remote-call.ts";
import type { StoreWrite } from "./trace.ts";
import { placeOf, type World } from "./world.ts";

/** The run store as a container sees it: over a network, with faults; every write is traced where it arrives. */
export function simulatedStore(world: World, inner: RunStore, container: Container): RunStore {
  const call = <Answer>(name: string, act: () => Promise<Answer>): Promise<Answer> =>
    remoteCall(world, container, `store.${name}`, storeFate(world), act);
  const write = <Request extends OwnerWrite, Answer extends BeginAnswer | WriteAnswer>(
    op: StoreWrite,
    act: (request: Request) => Promise<Answer>,
  ): ((request: Request) => Promise<Answer>) => {
    return (request) => {
      const invocation = world.invocation;
      if (invocation) world.claim(request.run, invocation.job);
      return call(op, async () => {
        const before = world.records.get(request.run);
        const answer = await act(request);
        const after = world.records.get(request.run);
        if (op === "begin" && answer.ok) world.stats.hops++;
        world.note(placeOf(invocation), {
          type: "write",
          op,
          run: request.run,
          writeHop: request.hop,
          owner: request.owner,
          answer: !answer.ok ? "refused" : after === before ? "repeated" : "accepted",
          recordHop: after?.hop,
          recordSteps: after?.stats.steps,
          phase: after?.phase,
          attempts: after?.attempts,
          state: after?.state,
          ...("refusal" in answer && { refusal: answer.refusal }),
        });
        return answer;
      });
    };
  };
  return {
    maxBytes: inner.maxBytes,
    protocol: inner.protocol,
    begin: write("begin", (request) => inner.begin(request)),
    checkpoint: write("checkpoint", (request) => inner.checkpoint(request)),
    handOff: write("handOff", (request) => inner.handOff(request)),
    release: write("release", (request) => inner.release(request)),
    finish: write("finish", (request) => inner.finish(request)),
    get: (run) => call("get", () => inner.get(run)),
    request: (run, requested) => call("request", () => inner.request(run, requested)),
    resume: (run, nowMs) => call("resume", () => inner.resume(run, nowMs)),
    touch: (record, nowMs) => call("touch", () => inner.touch(record, nowMs)),
    async *stale(query) {
      yield* await call("stale", () => collect(inner.stale(query)));
    },
    async *list() {
      yield* await call("list", () => collect(inner.list()));
    },
  };
}

function storeFate(world: World): CallFate {
  const { latencies } = world.parts;
  const isSlow = world.strikes("storeSlow");
  const wayMs = world.random.between(isSlow ? latencies.slow : latencies.store);
  if (world.strikes("storeThrottled")) {
    const error = Object.assign(new Error("Rate exceeded"), { name: "ThrottlingException" });
    return { fault: "storeThrottled", isDone: false, error, wayMs };
  }
  if (world.strikes("storeFailsBefore")) {
    return { fault: "storeFailsBefore", isDone: false, error: new Error("connection refused"), wayMs };
  }
  if (world.strikes("storeFailsAfter")) {
    return { fault: "storeFailsAfter", isDone: true, error: new Error("connection reset"), wayMs };
  }
  if (world.strikes("storeLate")) {
    const lateMs = world.random.between(latencies.slow);
    return { fault: "storeLate", isDone: true, error: new Error("socket timeout"), wayMs, lateMs };
  }
  return { fault: isSlow ? "storeSlow" : undefined, isDone: true, wayMs };
}

async function collect(records: AsyncIterable<RunRecord>): Promise<RunRecord[]> {
  const all: RunRecord[] = [];
  for await (const record of records) all.push(record);
  return all;
}
