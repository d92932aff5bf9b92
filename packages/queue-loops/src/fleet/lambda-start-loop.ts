import { InvokeCommand, type LambdaClient } from "@aws-sdk/client-lambda";
import type { StartLoop } from "./start-loop.ts";

/** Starts loops by invoking the function that runs them, asynchronously. */
export function lambdaStartLoop(
  client: LambdaClient,
  FunctionName: string,
  onFailure: (error: unknown, token: string) => void,
): StartLoop {
  return async (event) => {
    try {
      const Payload = JSON.stringify(event);
      await client.send(new InvokeCommand({ FunctionName, InvocationType: "Event", Payload }));
      return true;
    } catch (error) {
      onFailure(error, event.token);
      return false;
    }
  };
}
