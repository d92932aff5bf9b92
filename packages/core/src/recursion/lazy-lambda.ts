import { ConfigError } from "../errors.ts";
import type { HandOffDriver } from "./driver.ts";

/** The default driver: self-invoke, with the SDK loaded in the background of the first hop rather than at import. */
export function lazyLambdaDriver(): HandOffDriver {
  let loading: Promise<HandOffDriver> | undefined;
  const load = () => (loading ??= loadDriver());
  return {
    name: "lambda",
    maxBytes: 1_048_576,
    prepare: async () => (await load()).prepare?.(),
    send: async (message) => (await load()).send(message),
  };
}

async function loadDriver(): Promise<HandOffDriver> {
  try {
    return (await import("../lambda.ts")).lambdaDriver();
  } catch (cause) {
    throw new ConfigError("The default driver needs @aws-sdk/client-lambda: install it, or pass another driver.", {
      cause,
    });
  }
}
