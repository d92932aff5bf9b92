import { InvokeCommand, LambdaClient } from "@aws-sdk/client-lambda";
import { sdkSettings } from "./calls/sdk-settings.ts";
import type { HandOffDriver } from "./recursion/driver.ts";
import { invokeDriver } from "./recursion/lambda-invoke.ts";

/** Options of {@link lambdaDriver}. */
export interface LambdaDriverOptions {
  /** A client of your own. Default: one per driver, made from the environment. */
  readonly client?: LambdaClient;
}

/**
 * Hands off by asynchronous self-invoke, by the ARN the function was invoked with, so that alias and version are kept.
 * The function's role needs `lambda:InvokeFunction` on itself, and the function `RecursiveLoop: Allow`.
 *
 * @example `recursive({ start, run, driver: lambdaDriver() })`
 */
export function lambdaDriver(options: LambdaDriverOptions = {}): HandOffDriver {
  const invoker = { InvokeCommand, client: options.client ?? new LambdaClient(sdkSettings()) };
  return invokeDriver(() => invoker);
}
