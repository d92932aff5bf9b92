import { S3Client } from "@aws-sdk/client-s3";
import { ConfigError, type HandOffDriver, type RecursiveOptions } from "@longhaul/core";
import { lazyLambdaDriver, sdkSettings } from "@longhaul/core/parts";
import { checkedSettings } from "../settings/read-settings.ts";
import { batchState, type EntryState } from "./batch-state.ts";
import { planOf, STATE_KEY } from "./event-plan.ts";
import { beginning, makeContainer, processObject, type TransformSummary } from "./process-object.ts";
import { type SplitSummary, sendParts } from "./send-parts.ts";
import { type TransformSettings, transformSchema } from "./settings.ts";
import type { Transform } from "./transform.ts";

/** Options of {@link transformObject}; all but the first two have defaults. */
export interface TransformObjectOptions
  extends Pick<TransformSettings, "outputBucket">,
    Partial<Omit<TransformSettings, "outputBucket">> {
  /** Your work: makes a line of the result out of each data record. */
  readonly transform: Transform;
  /** A client of your own. Default: one made from the environment. */
  readonly client?: S3Client;
  /** The channel of hand-offs, also of events that name several objects. Default: asynchronous self-invoke. */
  readonly driver?: HandOffDriver;
}

/** The answer of a run whose event was the test that S3 sends when notifications are set up. */
export interface TestSummary {
  readonly status: "test";
}

/** The answer of a run. */
export type TransformResult = TransformSummary | SplitSummary | TestSummary;

/** The options of `recursive()` that {@link transformObject} gives. Add `store` and `observers`. */
export type TransformRun = Pick<
  RecursiveOptions<object, EntryState, TransformResult>,
  "start" | "run" | "state" | "driver" | "time" | "guards"
>;

/**
 * Work for `recursive()`: one S3 object per run, each data record of it through `transform`, into one result object that is
 * exact to the byte, over as many invocations as it takes. Runs begin by an S3 notification, by EventBridge's "Object
 * Created", either of them through SNS, or by `{ bucket, key }`; an event that names several objects begins a run for each.
 *
 * @throws ConfigError for an option that is unknown or cannot be used.
 *
 * @example
 * ```ts
 * export const handler = recursive({
 *   ...transformObject({ transform: (record) => record, outputBucket: "results" }),
 *   store: dynamodbRunStore(),
 * });
 * ```
 */
export function transformObject(options: TransformObjectOptions): TransformRun {
  const { transform, client = new S3Client(sdkSettings()), driver = lazyLambdaDriver(), ...given } = options;
  if (typeof transform !== "function") throw new ConfigError("transformObject() needs the function transform.");
  const settings = checkedSettings(transformSchema, { ...given }, "transformObject()");
  // Made once per function instance; a warm hop finds it again.
  const container = makeContainer(client, settings, transform);
  return {
    state: { key: STATE_KEY, schema: batchState },

    driver,
    time: { checkpointEveryMs: settings.checkpointEveryMs, reserveMs: settings.reserveMs },

    guards: { maxDurationMs: settings.maxDurationMs },
    start(event) {
      const plan = planOf(event);
      return plan.kind === "object" ? beginning(plan.source) : 0;
    },
    async *run(state, context) {
      const plan = planOf(context.event, state);
      switch (plan.kind) {
        case "object":
          return yield* processObject(
            container,
            typeof state === "number" ? beginning(plan.source, state) : state,
            context,
          );
        case "parts":
          return sendParts(driver, plan.events, context.context.invokedFunctionArn);
        case "test":
          return { status: "test" };
      }
    },
  };
}
