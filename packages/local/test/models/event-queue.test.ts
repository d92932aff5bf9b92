import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { createEventQueue } from "../../src/lambda/event-queue.ts";
import { type EventInvokeConfig, resolveFunctionConfig } from "../../src/lambda/function-config.ts";
import { createFunctionRegistry, type FunctionRegistry } from "../../src/lambda/function-registry.ts";
import { createInvokeApi } from "../../src/lambda/invoke-api.ts";
import { createInvoker } from "../../src/lambda/invoker.ts";
import { createLambdaObserver } from "../../src/lambda/lambda-events.ts";
import { createQuiet } from "../../src/lambda/quiet.ts";
import type { Sandbox } from "../../src/lambda/sandbox.ts";
import { createSandboxPool } from "../../src/lambda/sandbox-pool.ts";
import { EventQueueModel, type ModelDelivery, type ModelFunction } from "./event-queue-model.ts";
import { compareWithModel, step } from "./model-run.ts";

const where = { region: "eu-west-1", accountId: "000000000000" };
const startMs = 1_800_000_000_000;
const accountLimit = 3;
const names = ["work", "other"] as const;

/** How the runs of an event end, one after the other; further runs succeed. */
interface Script {
  readonly runs: readonly { readonly durationMs: number; readonly isError: boolean }[];
}

/** The embedded Lambda from its Invoke API to its pool of function instances, which are scripts in virtual time. */
function createLambda(model: EventQueueModel) {
  const timers: { readonly dueMs: number; readonly run: () => void }[] = [];
  const scripts = new Map<string, Script>();
  const runsOf = new Map<string, number>();
  const deliveries: ModelDelivery[] = [];
  const registry = createFunctionRegistry(where);
  const observer = createLambdaObserver();
  const quiet = createQuiet();
  const now = () => model.nowMs;
  const after = (delayMs: number, run: () => void) => void timers.push({ dueMs: model.nowMs + delayMs, run });
  let ids = 0;
  const newId = () => {
    ids += 1;
    return `id-${ids}`;
  };

  function startInstance(): Sandbox {
    return {
      id: newId(),
      logStream: "stream",
      pid: 1,
      tmpDirectory: "/tmp",
      initialized: Promise.resolve({ initMs: 1, failure: undefined }),
      invoke({ requestId }) {
        model.begins(requestId);
        const run = runsOf.get(requestId) ?? 0;
        runsOf.set(requestId, run + 1);
        const { durationMs, isError } = scripts.get(requestId)?.runs[run] ?? { durationMs: 7, isError: false };
        return new Promise((resolve) => {
          after(durationMs, () => {
            model.ends(requestId, isError);
            const payload = isError ? '{"errorType":"Error","errorMessage":"no"}' : "1";
            resolve({ outcome: { status: isError ? "error" : "ok", payload }, durationMs });
          });
        });
      },
      settled: () => Promise.resolve(true),
      freeze: () => undefined,
      maxMemoryMb: () => undefined,
      kill: () => Promise.resolve(),
      gone: new Promise(() => undefined),
    };
  }

  observer.on("throttle", ({ requestId }) => model.throttled(requestId));
  const pool = createSandboxPool({
    maxSandboxes: 100,
    idleMs: 1_000_000,
    start: () => Promise.resolve(startInstance()),
    onRecycle: () => undefined,
  });
  const faults = { deliveries: ({ requestId }: { readonly requestId: string }) => delaysOf.get(requestId) ?? [0] };
  const delaysOf = new Map<string, readonly number[]>();
  const records = () => registry.records.values();
  const invoker = createInvoker({ pool, observer, records, accountLimit, now, faults, hold: quiet.hold });
  const queue = createEventQueue({
    now,
    setTimer: (run, delayMs) => after(delayMs, run),
    timeScale: 1,
    attempt: (event, attempt) => api.attempt(event, attempt),
    settings: (event) => api.settings(event),
    async deliver({ arn }, payload) {
      const body = JSON.parse(payload);
      const { requestId, condition, approximateInvokeCount: invokeCount } = body.requestContext ?? {};
      deliveries.push({ arn, event: requestId ?? body.event, condition, invokeCount });
    },
    observer,
    hold: quiet.hold,
  });
  const api = createInvokeApi({
    registry,
    invoker,
    queue,
    faults,
    isStopped: () => false,
    now,
    randomUUID: newId,
  });

  /** Lets time pass, one timer after the other, each with all that follows from it. */
  async function advance(byMs: number): Promise<void> {
    const untilMs = model.nowMs + byMs;
    for (;;) {
      await new Promise((resolve) => setImmediate(resolve));
      timers.sort((a, b) => a.dueMs - b.dueMs);
      const next = timers[0];
      if (next?.dueMs !== model.nowMs) model.settle();
      if (!next || next.dueMs > untilMs) break;
      timers.shift();
      model.nowMs = next.dueMs;
      next.run();
    }
    model.nowMs = untilMs;
  }

  return { api, registry, pool, scripts, delaysOf, deliveries, advance };
}

type Lambda = ReturnType<typeof createLambda>;

const usual: ModelFunction = {
  reserved: undefined,
  retries: 2,
  maxAgeMs: 21_600_000,
  onSuccess: undefined,
  onFailure: undefined,
  deadLetter: undefined,
};

function configure(registry: FunctionRegistry, name: string, settings: ModelFunction): void {
  registry.remove(name);
  const config = resolveFunctionConfig(
    {
      name,
      codeDirectory: "/code",
      runtime: "nodejs24.x",
      roleArn: `arn:aws:iam::${where.accountId}:role/work`,
      ...(settings.deadLetter !== undefined && { deadLetterArn: settings.deadLetter }),
    },
    where,
  );
  const eventInvokeConfig: EventInvokeConfig = {
    maximumRetryAttempts: settings.retries,
    maximumEventAgeSeconds: settings.maxAgeMs / 1000,
    ...(settings.onSuccess !== undefined && { onSuccessArn: settings.onSuccess }),
    ...(settings.onFailure !== undefined && { onFailureArn: settings.onFailure }),
  };
  registry.add({
    name,
    arn: config.arn,
    latest: {
      config,
      version: "$LATEST",
      codeRoot: "/code",
      layersRoot: undefined,
      python: undefined,
      moduleDirectories: [],
      deployedAtMs: startMs,
      deployment: name,
    },
    versions: new Map(),
    aliases: new Map(),
    reservedConcurrency: settings.reserved,
    recursiveLoop: "Terminate",
    eventInvokeConfigs: new Map([["$LATEST", eventInvokeConfig]]),
    permissions: [],
  });
}

async function setUp() {
  const model = new EventQueueModel(startMs, accountLimit);
  const real = createLambda(model);
  for (const name of names) {
    model.functions.set(name, { ...usual });
    configure(real.registry, name, usual);
  }
  return { model, real };
}

const sorted = (deliveries: readonly ModelDelivery[]) => deliveries.map((each) => JSON.stringify(each)).sort();

/** A step after which all that is due has been done, and sent where it belongs. */
function lambdaStep(name: string, run: (model: EventQueueModel, real: Lambda) => void | Promise<void>) {
  return step<EventQueueModel, Lambda>(name, async (model, real) => {
    await run(model, real);
    // So that no two events are due at the same moment by accident.
    await real.advance(1);
    expect(model.problems).toEqual([]);
    expect(sorted(real.deliveries)).toEqual(sorted(model.deliveries));
  });
}

const functionName = fc.constantFrom(...names);
const run = fc.record({ durationMs: fc.constantFrom(7, 1_013, 45_017), isError: fc.boolean() });
const failing = fc.record({ durationMs: fc.constantFrom(7, 1_013), isError: fc.constant(true) });
const script = fc.array(fc.oneof(run, failing), { maxLength: 4 });
const target = (name: string) => fc.constantFrom(undefined, `arn:aws:sqs:eu-west-1:000000000000:${name}`);
const settings: fc.Arbitrary<ModelFunction> = fc.record({
  reserved: fc.constantFrom(undefined, undefined, 0, 1, 2),
  retries: fc.constantFrom(0, 1, 2),
  maxAgeMs: fc.constantFrom(60_000, 100_000, 200_000, 21_600_000),
  onSuccess: target("done"),
  onFailure: target("failed"),
  deadLetter: target("dead"),
});
let events = 0;

const invokeSteps = [
  fc.tuple(functionName, script, fc.constantFrom([0], [0], [0], [], [0, 11], [3_001])).map(([name, runs, delays]) =>
    lambdaStep(
      `invoke ${name}, whose runs are ${JSON.stringify(runs)}, delivered after ${delays.join()}`,
      async (model, { api, scripts, delaysOf }) => {
        if (!model.functions.has(name)) return;
        events += 1;
        const requestId = `event-${events}`;
        scripts.set(requestId, { runs });
        delaysOf.set(requestId, delays);
        model.accept(requestId, name, delays);
        const payload = JSON.stringify({ event: requestId });
        await api.invoke({ functionName: name, invocationType: "Event", requestId, payload });
      },
    ),
  ),
];

const settingSteps = [
  fc.tuple(functionName, settings).map(([name, settings]) =>
    lambdaStep(`configure ${name}: ${JSON.stringify(settings)}`, (model, { registry }) => {
      model.functions.set(name, settings);
      configure(registry, name, settings);
    }),
  ),
];

const removeSteps = [
  functionName.map((name) =>
    lambdaStep(`delete ${name}`, (model, { registry }) => {
      model.functions.delete(name);
      registry.remove(name);
    }),
  ),
];

const timeSteps = [
  fc
    .constantFrom(10, 2_000, 60_000, 180_000, 3_600_000, 22_000_000)
    .map((ms) => lambdaStep(`${ms} ms pass`, (_, real) => real.advance(ms))),
];

describe("Lambda's asynchronous queue and a model of it, whatever clients do", () => {
  it("try events at the same moments, and send the same records", async () => {
    const steps = [...invokeSteps, ...invokeSteps, ...invokeSteps, ...settingSteps, ...removeSteps];
    await compareWithModel([...steps, ...timeSteps, ...timeSteps], setUp, 150);
  });
});
