import { recursive } from "@longhaul/core";
import { dynamodbRunStore } from "@longhaul/core/dynamodb";
import { lambdaDriver } from "@longhaul/core/lambda";
import { schedulerDriver } from "@longhaul/core/scheduler";
import { sleepFor } from "@longhaul/core/sleep";

export const handler = recursive({
  store: dynamodbRunStore(),
  driver: schedulerDriver(lambdaDriver()),
  start: () => ({ slept: 0 }),
  async *run(state) {
    for (let { slept } = state; slept < 2; slept++) yield sleepFor(1_000, { slept: slept + 1 });
    return "slept twice";
  },
});
