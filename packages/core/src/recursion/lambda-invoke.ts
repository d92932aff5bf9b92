import type { InvokeCommand, LambdaClient } from "@aws-sdk/client-lambda";
import type { HandOffDriver } from "./driver.ts";

/** The part of the SDK that invokes. Its types alone are imported here, so that loading it is the caller's choice. */
export interface Invoker {
  readonly InvokeCommand: typeof InvokeCommand;
  readonly client: LambdaClient;
}

/** The driver that invokes the function asynchronously, on an SDK that `load` brings. */
export function invokeDriver(load: () => Invoker | Promise<Invoker>): HandOffDriver {
  return {
    name: "lambda",
    // An asynchronous invocation takes at most 1 MB: https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html
    maxBytes: 1_048_576,
    hasDeadLetter: true,
    async send({ target, payload, tenantId }, abortSignal) {
      const { InvokeCommand, client } = await load();
      await client.send(
        new InvokeCommand({
          FunctionName: target,
          InvocationType: "Event",
          Payload: Buffer.from(payload),
          // A function that isolates tenants takes no invocation without one:
          // https://docs.aws.amazon.com/lambda/latest/dg/tenant-isolation-invoke.html
          ...(tenantId !== undefined && { TenantId: tenantId }),
        }),
        { ...(abortSignal && { abortSignal }) },
      );
    },
    async prepare() {
      // Credentials are looked up once, outside the time of the first hand-off.
      await (await load()).client.config.credentials();
    },
  };
}
