import { FailRunError, recursive } from "@longhaul/core";
import { dynamodbRunStore } from "@longhaul/core/dynamodb";
import { endEvents } from "@longhaul/core/end-events";

/** Work that ends as its event says. */
interface Job {
  readonly job: string;
  readonly fails?: boolean;
}

export const handler = recursive<Job, number, { readonly steps: number }>({
  store: dynamodbRunStore({ tableName: process.env.LONGHAUL_RUN_TABLE ?? "" }),
  start: () => 0,
  async *run(done, { event }) {
    for (let step = done; step < 3; step++) yield step + 1;
    if (event.fails) throw new FailRunError("The job cannot be done.", { code: "NO_JOB" });
    return { steps: 3 };
  },
  onEnd: endEvents({ detail: ({ event }) => ({ job: (event as Job).job }) }),
});
