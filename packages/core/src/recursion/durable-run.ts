import { ConfigError } from "../errors.ts";
import { optionsOf } from "../handler-options.ts";
import { systemHost } from "../host.ts";
import type { InvocationContext } from "../options.ts";
import { type RecursiveHandler, unchecked } from "../recursive.ts";
import type { HandOffDriver } from "./driver.ts";
import { type Outcome, RunFailedError, RunStoppedError } from "./outcome.ts";

/** The part of a durable function's context that is used; `DurableContext` of `@aws/durable-execution-sdk-js` fits. */
export interface DurableRunContext {
  readonly lambdaContext: InvocationContext;
  readonly executionContext: { readonly durableExecutionArn: string };
  step<Output>(name: string, work: () => Promise<Output>): PromiseLike<Output>;
  wait(name: string, duration: { readonly seconds: number }): PromiseLike<void>;
}

/** A hop, as the execution keeps it. Computed in the step, so that a replay finds the same. */
interface KeptHop<Result> {
  readonly outcome: Outcome<Result>;
  readonly waitSeconds: number;
}

/**
 * The channel of hops in a durable function: the result of a step.
 * A checkpoint takes 256 KB, and the outcome needs room around the event:
 * https://docs.aws.amazon.com/lambda/latest/dg/durable-functions.html
 */
const durableDriver: HandOffDriver = {
  name: "durable",
  maxBytes: 262_144 - 16_384,
  returnsContinuation: true,
  send: async () => {},
};

/** The shortest wait of a durable execution. It ends the invocation. */
const SHORTEST_WAIT_SECONDS = 1;

/** Another invocation has the run's lease: how long until it is asked for again. */
const LEASE_WAIT_SECONDS = 30;

/**
 * Runs a handler of `recursive()` inside a durable function, and answers with its result. Each hop is a step, whose result is
 * the event of the next one. A hop ends before the invocation's time is over; then a wait of one second ends the invocation, and
 * the next hop has the whole time of a new one. A replay skips the hops that are done. The handler's own driver is not used.
 *
 * Costs two operations a hop; a run that sleeps waits as long. A step that fails is tried again as the SDK's default says.
 * A run without an id of its own is named for the execution: give several in one function an id each. `name` begins the names
 * of the operations; default `run`.
 *
 * @throws {@link ConfigError} if the handler was not made by `recursive()`.
 * @throws {@link RunFailedError}, {@link RunStoppedError} if the run failed, or was stopped or paused.
 *
 * @example
 * ```ts
 * const work = recursive({ start, run });
 * export const handler = withDurableExecution((event: Batch, context) => durableRun(context, work, event));
 * ```
 */
export async function durableRun<Event extends object, Result>(
  context: DurableRunContext,
  handler: RecursiveHandler<Event, Result>,
  event: Event,
  name = "run",
): Promise<Result> {
  const options = optionsOf(handler);
  if (!options) throw new ConfigError("durableRun() takes a handler that recursive() made.");
  const { now } = options.advanced?.host ?? systemHost;
  const hopOf = unchecked({ ...options, driver: durableDriver }) as RecursiveHandler<object, Result>;
  const invocation = invocationOf(context);
  let next: object = event;
  for (let count = 0; ; count++) {
    const kept = await context.step(`${name}: hop ${count}`, async (): Promise<KeptHop<Result>> => {
      const outcome = await hopOf(next, invocation);
      return { outcome, waitSeconds: waitAfter(outcome, now()) };
    });
    const { outcome, waitSeconds } = kept;
    if (outcome.status === "done") return outcome.result;
    next = nextEvent(outcome, next);
    await context.wait(`${name}: next ${count}`, { seconds: waitSeconds });
  }
}

/** The invocation for a hop, whose cause is the execution: each invocation of it is a request of its own. */
function invocationOf({ lambdaContext, executionContext }: DurableRunContext): InvocationContext {
  return {
    awsRequestId: lambdaContext.awsRequestId,
    invokedFunctionArn: lambdaContext.invokedFunctionArn,
    functionVersion: lambdaContext.functionVersion,
    memoryLimitInMB: lambdaContext.memoryLimitInMB,
    causeId: `durable:${executionContext.durableExecutionArn}`,
    readsOutcome: true,
    tenantId: lambdaContext.tenantId,
    getRemainingTimeInMillis: () => lambdaContext.getRemainingTimeInMillis(),
  };
}

/** How long to wait before the next hop, in seconds. */
function waitAfter(outcome: Outcome, nowMs: number): number {
  if (outcome.status === "duplicate") return LEASE_WAIT_SECONDS;
  if (outcome.status !== "sleeping") return SHORTEST_WAIT_SECONDS;
  const seconds = Math.ceil((Date.parse(outcome.wakeAt) - nowMs) / 1_000);
  return Math.max(seconds, SHORTEST_WAIT_SECONDS);
}

/**
 * The event of the next hop; the same one again, if another invocation has the run.
 *
 * @throws {@link RunFailedError}, {@link RunStoppedError} if there is none
 */
function nextEvent(outcome: Exclude<Outcome, { readonly status: "done" }>, event: object): object {
  switch (outcome.status) {
    case "continued":
    case "sleeping":
      return outcome.continuation ?? event;
    case "failed":
      throw new RunFailedError(outcome.run, outcome.reason);
    case "stopped":
    case "paused":
      throw new RunStoppedError(outcome.run, outcome.reason);
    case "duplicate": {
      const { run, refusal, message, reason } = outcome;
      if (refusal === "lease-live" || refusal === "fenced") return event;
      throw new RunFailedError(run, reason ?? { code: "RUN_FAILED", message });
    }
  }
}
