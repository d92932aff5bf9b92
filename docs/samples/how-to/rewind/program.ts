import { runClient } from "@longhaul/core/client";
import { dynamodbRunStore } from "@longhaul/core/dynamodb";
import { lambdaDriver } from "@longhaul/core/lambda";
import type { handler } from "./handler.ts";

export const runs = runClient<typeof handler>({ store: dynamodbRunStore(), driver: lambdaDriver() });

// #region repeat
/** Has the last hops of a run done again, so many or as many as are kept; answers with the hop that it begins at. */
export async function repeatLast(id: string, hops: number): Promise<number | undefined> {
  const run = await runs.get(id);
  const hop = run?.rewindableHops?.find((each) => each > run.hop - hops);
  if (hop !== undefined) await runs.rewind(id, { hop });
  return hop;
}
// #endregion repeat
