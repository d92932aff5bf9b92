/**
 * An embedded Lambda in a process of its own, whose functions keep their data elsewhere: killed, it takes its functions,
 * its queue of events and its timers with it, as if all of Lambda had gone. Told over IPC what to run.
 */
import { startLocalAws } from "@longhaul/local";

/** The function to run. */
export interface ComputeRequest {
  readonly functionName: string;
  readonly codeDirectory: string;
  readonly timeoutSeconds: number;
  readonly environment: Readonly<Record<string, string>>;
}

/** Its messages: first where it listens, then each process that it starts. */
export type ComputeNews = { readonly url: string } | { readonly startedPid: number };

const say = (news: ComputeNews) => process.send?.(news);

process.once("message", async ({ functionName, ...config }: ComputeRequest) => {
  const aws = await startLocalAws({ lambda: { timeScale: 1 / 1_000 } });
  aws.lambda.on("sandbox.start", ({ pid }) => say({ startedPid: pid }));
  await aws.lambda.createFunction({
    ...config,
    name: functionName,
    runtime: "nodejs24.x",
    roleArn: `arn:aws:iam::${aws.accountId}:role/walker`,
    recursiveLoop: "Allow",
  });
  say({ url: aws.url });
});
process.once("disconnect", () => process.exit(0));
