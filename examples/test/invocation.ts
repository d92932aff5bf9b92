import type { InvocationContext } from "@longhaul/core";

/** The context that Lambda gives a handler; the test decides how much time is left. */
export function invocation(time: { readonly leftMs: number }): InvocationContext {
  return {
    awsRequestId: "11111111-2222-4333-8444-555555555555",
    invokedFunctionArn: "arn:aws:lambda:eu-west-1:000000000000:function:example",
    functionVersion: "$LATEST",
    memoryLimitInMB: "256",
    getRemainingTimeInMillis: () => time.leftMs,
  };
}
