import type { InvokeCommand, LambdaClient } from "@aws-sdk/client-lambda";
import type { HandOffDriver } from "./driver.ts";

// An asynchronous invocation takes at most 1 MB: https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html
export const MAX_ASYNC_PAYLOAD_BYTES = 1_048_576;

/** The driver on an SDK that is already loaded; its types alone are imported here, so that loading it is the caller's choice. */
export function invokeDriver(
  sdk: { readonly InvokeCommand: typeof InvokeCommand },
  client: LambdaClient,
): HandOffDriver {
  return {
    name: "lambda",
    maxBytes: MAX_ASYNC_PAYLOAD_BYTES,
    async send({ target, payload }) {
      await client.send(
        new sdk.InvokeCommand({ FunctionName: target, InvocationType: "Event", Payload: Buffer.from(payload) }),
      );
    },
    async prepare() {
      // Credentials are looked up once, outside the time of the first hand-off.
      await client.config.credentials();
    },
  };
}
