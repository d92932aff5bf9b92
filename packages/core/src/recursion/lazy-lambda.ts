import { sdkSettings } from "../calls/sdk-settings.ts";
import { ConfigError } from "../errors.ts";
import type { HandOffDriver } from "./driver.ts";
import { type Invoker, invokeDriver } from "./lambda-invoke.ts";

/** The default driver: self-invoke, with the SDK loaded in the background of the first hop rather than at import. */
export function lazyLambdaDriver(): HandOffDriver {
  let loading: Promise<Invoker> | undefined;
  return invokeDriver(() => (loading ??= load()));
}

async function load(): Promise<Invoker> {
  try {
    // Imported directly: a bundler without code splitting would hoist the import of a module of ours to the top.
    const { InvokeCommand, LambdaClient } = await import("@aws-sdk/client-lambda");
    return { InvokeCommand, client: new LambdaClient(sdkSettings()) };
  } catch (cause) {
    throw new ConfigError("The default driver needs @aws-sdk/client-lambda: install it, or pass another driver.", {
      cause,
    });
  }
}
