import { setTimeout as sleep } from "node:timers/promises";
import { recursive } from "@longhaul/core";
import { dynamodbRunStore } from "@longhaul/core/dynamodb";
import { lambdaDriver } from "@longhaul/core/lambda";
import type { Handler } from "aws-lambda";

/** A function as a user writes it, bundled by the construct. The annotation holds it to the types of `aws-lambda`. */
export const handler: Handler<{ name: string; upTo: number }, unknown> = recursive<
  { name: string; upTo: number },
  number,
  string
>({
  runId: ({ name }) => name,
  driver: lambdaDriver(),
  store: dynamodbRunStore({ tableName: process.env.LONGHAUL_RUN_TABLE ?? "" }),
  start: () => 0,
  async *run(position, { event, signal }) {
    for (let next = position; next < event.upTo; next++) {
      await sleep(150, undefined, { signal });
      yield next + 1;
    }
    return `counted to ${event.upTo} on ${process.version}`;
  },
});
