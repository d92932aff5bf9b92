import type { LocalAws } from "../local-aws.ts";

/** Settles when nothing is under way: no event on its way to a queue or function, none waiting, no function at work. */
export async function atRest({ s3, sns, eventSources, lambda }: LocalAws): Promise<void> {
  let changes = 0;
  const unsubscribe = (["invoke.start", "invoke.end"] as const).map((name) => lambda.on(name, () => void changes++));
  try {
    do {
      changes = 0;
      await s3.settled();
      await sns.settled();
      await eventSources.idle();
      await lambda.idle();
      // What was looked at first may have something again, from a function that was at work meanwhile.
    } while (changes > 0);
  } finally {
    for (const off of unsubscribe) off();
  }
}
