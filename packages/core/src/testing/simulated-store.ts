import type {
  BeginAnswer,
  BeginRequest,
  CheckpointWrite,
  FinishWrite,
  HandOffWrite,
  OwnerWrite,
  ReleaseWrite,
  RenewWrite,
  RunRecord,
  RunStore,
  WriteAnswer,
} from "../state/run-store.ts";
import type { Container } from "./container.ts";
import { type CallFate, remoteCall } from "./remote-call.ts";
import type { StoreWrite } from "./trace.ts";
import { placeOf, WORLD_BEGINS_MS, type World } from "./world.ts";

type WritePlace = Pick<OwnerWrite, "run" | "hop" | "owner">;

/** The run store as a container sees it: over a network, with faults; every write is traced where it arrives. */
export function simulatedStore(world: World, inner: RunStore, container: Container): RunStore {
  const call = <Answer>(name: string, act: () => Promise<Answer>, signal?: AbortSignal): Promise<Answer> =>
    remoteCall(world, container, `store.${name}`, storeFate(world), act, signal);
  const write = <Request extends WritePlace, Answer extends BeginAnswer | WriteAnswer>(
    op: StoreWrite,
    act: (request: Request) => Promise<Answer>,
  ): ((request: Request, signal?: AbortSignal) => Promise<Answer>) => {
    return (request, signal) => {
      const invocation = world.invocation;
      if (invocation) world.claim(request.run, invocation.job);
      const arrive = async () => {
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
          attempt: after?.attempt,
          state: after?.state,
          leaseUntilAt: after && after.leaseUntilMs - WORLD_BEGINS_MS - container.clockOffsetMs,
          ...(after?.phase === "sleeping" && { wakeAt: (after.wakeAtMs ?? 0) - WORLD_BEGINS_MS }),
          ...("refusal" in answer && { refusal: answer.refusal }),
        });
        return answer;
      };
      return call(op, arrive, signal);
    };
  };
  const { maxBytes, mustExist, onMissing, history } = inner;
  return {
    maxBytes,
    ...(mustExist !== undefined && { mustExist }),
    ...(onMissing !== undefined && { onMissing }),
    create: (request, signal) => call("create", () => inner.create(request), signal),
    begin: write("begin", (request: BeginRequest) => inner.begin(request)),
    renew: write("renew", (request: RenewWrite) => inner.renew(request)),
    checkpoint: write("checkpoint", (request: CheckpointWrite) => inner.checkpoint(request)),
    handOff: write("handOff", (request: HandOffWrite) => inner.handOff(request)),
    release: write("release", (request: ReleaseWrite) => inner.release(request)),
    finish: write("finish", (request: FinishWrite) => inner.finish(request)),
    told: (run, epoch, signal) => call("told", () => inner.told(run, epoch), signal),
    get: (run, signal) => call("get", () => inner.get(run), signal),
    request: (run, requested, nowMs, signal) => call("request", () => inner.request(run, requested, nowMs), signal),
    resume: (run, nowMs, limits, signal) => call("resume", () => inner.resume(run, nowMs, limits), signal),
    delete: (run, nowMs, signal) => call("delete", () => inner.delete(run, nowMs), signal),
    due: (query, signal) => call("due", () => inner.due(query), signal),
    postpone: (run, query, signal) => call("postpone", () => inner.postpone(run, query), signal),
    page: (query, signal) => call("page", () => inner.page(query), signal),
    ...(history && {
      history: {
        keep: (request, signal) => call("history.keep", () => history.keep(request), signal),
        read: (run, entry, signal) => call("history.read", () => history.read(run, entry), signal),
        rewind: (request, signal) => call("history.rewind", () => history.rewind(request), signal),
      },
    }),
    async *list(signal) {
      yield* await call("list", () => collect(inner.list()), signal);
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
    return { fault: "storeFailsBefore", isDone: false, error: broken("ECONNREFUSED"), wayMs };
  }
  if (world.strikes("storeFailsAfter")) {
    return { fault: "storeFailsAfter", isDone: true, error: broken("ECONNRESET"), wayMs };
  }
  if (world.strikes("storeLate")) {
    const lateMs = world.random.between(latencies.slow);
    return { fault: "storeLate", isDone: true, error: broken("ETIMEDOUT"), wayMs, lateMs };
  }
  if (world.strikes("storeHangs")) {
    return { fault: "storeHangs", isDone: world.coin(), isSilent: true, wayMs };
  }
  return { fault: isSlow ? "storeSlow" : undefined, isDone: true, wayMs };
}

/** The error of the SDK when a connection breaks. */
function broken(code: string): Error {
  return Object.assign(new Error(code), { code });
}

async function collect(records: AsyncIterable<RunRecord>): Promise<RunRecord[]> {
  const all: RunRecord[] = [];
  for await (const record of records) all.push(record);
  return all;
}
