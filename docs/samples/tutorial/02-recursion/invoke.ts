// #region invoke
import { InvokeCommand, LambdaClient } from "@aws-sdk/client-lambda";

const lambda = new LambdaClient();

export async function invoke(functionArn: string, event: object, client = lambda): Promise<void> {
  const Payload = JSON.stringify(event);
  await client.send(new InvokeCommand({ FunctionName: functionArn, InvocationType: "Event", Payload }));
}
// #endregion invoke
