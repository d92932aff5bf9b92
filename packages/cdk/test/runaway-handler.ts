import { InvokeCommand, LambdaClient } from "@aws-sdk/client-lambda";

const lambda = new LambdaClient({});

/** Begins itself again, and again: a mistake that nothing in it ends. */
export async function handler({ at }: { readonly at: number }): Promise<void> {
  console.log(`runaway ${at}`);
  const Payload = JSON.stringify({ at: at + 1 });
  const FunctionName = process.env.AWS_LAMBDA_FUNCTION_NAME;
  await lambda.send(new InvokeCommand({ FunctionName, InvocationType: "Event", Payload }));
}
