import { openTestbed, type Testbed } from "./lambda-testbed.ts";

const probe = await openTestbed();
/** The isolation this machine permits; where AWS has more, the names of skipped tests say why. */
export const isolation = await probe.lambda.isolation();
await probe.close();
export const isIsolated = isolation.kind === "namespace";

/** The JSON that a function answers with; its failure is thrown. */
export async function invokeJson<Result>(bed: Testbed, functionName: string, event: object = {}): Promise<Result> {
  const { payload = "null", functionError } = await bed.lambda.invoke({ functionName, payload: JSON.stringify(event) });
  if (functionError !== undefined) throw new Error(payload);
  return JSON.parse(payload);
}
