import type { CloudWatchClient } from "@aws-sdk/client-cloudwatch";

/** One thing AWS's CloudWatch does, checked with the SDK against any endpoint. Each case has names of its own. */
export interface CloudWatchCase {
  readonly name: string;
  run(client: CloudWatchClient): Promise<void>;
}

let names = 0;
export const newName = () => {
  names += 1;
  return `conformance-${process.pid}-${names}`;
};

export async function nameOfError(promise: Promise<unknown>): Promise<string> {
  return promise.then(
    () => "no error",
    (error: unknown) => (error instanceof Error ? error.name.replace(/Exception$/, "") : String(error)),
  );
}
