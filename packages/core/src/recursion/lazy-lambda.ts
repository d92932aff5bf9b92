import { ConfigError } from "../errors.ts";
import type { HandOffDriver } from "./driver.ts";
import { invokeDriver, MAX_ASYNC_PAYLOAD_BYTES } from "./lambda-invoke.ts";

/** The default driver: self-invoke, with the SDK loaded in the background of the first hop rather than at import. */
export function lazyLambdaDriver(): HandOffDriver {
  let loading: Promise<HandOffDriver> | undefined;
  const load = () => (loading ??= loadDriver());
  return {
    name: "lambda",
    maxBytes: MAX_ASYNC_PAYLOAD_BYTES,
    prepare: async () => (await load()).prepare?.(),
    send: async (message) => (await load()).send(message),
  };
}

async function loadDriver(): Promise<HandOffDriver> {
  try {
    // Imported directly: a bundler without code splitting would hoist the import of a module of ours to the top.
    const sdk = await import("@aws-sdk/client-lambda");
    return invokeDriver(sdk, new sdk.LambdaClient({}));
  } catch (cause) {
    throw new ConfigError("The default driver needs @aws-sdk/client-lambda: install it, or pass another driver.", {
      cause,
    });
  }
}
