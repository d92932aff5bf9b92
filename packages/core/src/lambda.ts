import { InvokeCommand, LambdaClient } from "@aws-sdk/client-lambda";
import type { HandOffDriver } from "./recursion/driver.ts";

/** Options of {@link lambdaDriver}. */
export interface LambdaDriverOptions {
  /** A client of your own. Default: one per driver, made from the environment. */
  readonly client?: LambdaClient;
}

// An asynchronous invocation takes at most 1 MB: https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html
const MAX_ASYNC_PAYLOAD_BYTES = 1_048_576;

/**
 * Hands off by asynchronous self-invoke, by the ARN the function was invoked with, so that alias and version are kept.
 * The function's role needs `lambda:InvokeFunction` on itself, and the function `RecursiveLoop: Allow`.
 *
 * @example `recursive({ start, run, driver: lambdaDriver() })`
 */
export function lambdaDriver(options: LambdaDriverOptions = {}): HandOffDriver {
  const client = options.client ?? new LambdaClient({});
  return {
    name: "lambda",
    maxBytes: MAX_ASYNC_PAYLOAD_BYTES,
    async send({ target, payload }) {
      await client.send(
        new InvokeCommand({ FunctionName: target, InvocationType: "Event", Payload: Buffer.from(payload) }),
      );
    },
    async prepare() {
      // Credentials are looked up once, outside the time of the first hand-off.
      await client.config.credentials();
    },
  };
}
