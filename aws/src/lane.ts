import { randomBytes } from "node:crypto";
import { mkdtemp, rm } from "node:fs/promises";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { CloudWatchLogsClient } from "@aws-sdk/client-cloudwatch-logs";
import { DynamoDBClient } from "@aws-sdk/client-dynamodb";
import { LambdaClient } from "@aws-sdk/client-lambda";
import { S3Client } from "@aws-sdk/client-s3";
import { SQSClient } from "@aws-sdk/client-sqs";
import { GetCallerIdentityCommand, STSClient } from "@aws-sdk/client-sts";
import type { AwsCase, Clients } from "./case.ts";
import { CASES } from "./cases.ts";
import { type Deployment, deploy, destroy, ownBuckets } from "./deployment.ts";
import { emptyBuckets } from "./empty-buckets.ts";
import type { LaneOptions } from "./options.ts";
import { priceOf } from "./price.ts";

const say = (text: string) => void process.stdout.write(`${text}\n`);

/**
 * Tries the apps, one after the other, each in a stack that is deleted afterwards, whatever happens. Says before which account it
 * is, what it costs and how it cleans up.
 *
 * @param mayBegin - asks for a yes
 * @returns the exit code: 1 if an app failed, its stack could not be deleted, or the answer was no
 */
export async function runLane(options: LaneOptions, mayBegin: (question: string) => Promise<boolean>): Promise<number> {
  const cases = CASES.filter(({ app }) => options.apps.includes(app));
  const access = accessOf(options);
  const { account, region } = await placeOf(access);
  const suffix = randomBytes(3).toString("hex");
  const stackOf = ({ app }: AwsCase) => `LonghaulTest-${app}-${suffix}`;
  const usd = cases.reduce((sum, { usage }) => sum + priceOf(usage), 0);
  say(`account   ${account}`);
  say(`region    ${region}${options.endpoint === undefined ? "" : `, at ${options.endpoint}`}`);
  say(`stacks    ${cases.map(stackOf).join(", ")}; one after the other, each for some minutes`);
  say(`price     at most ${usd.toFixed(2)} US dollars, at list prices of us-east-1; computed, not measured`);
  say(
    "cleaning  each stack's buckets are emptied and the stack is deleted with all data, also after a failure or Ctrl-C",
  );
  if (!(await mayBegin("Begin?"))) {
    say("Nothing was done.");
    return 1;
  }
  const stopping = new AbortController();
  const stop = () => {
    say("Stopping: the stack is deleted first.");
    stopping.abort(new Error("The lane was stopped."));
  };
  process.on("SIGINT", stop).on("SIGTERM", stop);
  const clients = clientsOf(access);
  const env = { ...process.env, ...variablesOf(options, region) };
  const failures: string[] = [];
  try {
    for (const each of cases) {
      if (stopping.signal.aborted) break;
      const directory = await mkdtemp(join(tmpdir(), "longhaul-aws-"));
      const deployment = { stack: stackOf(each), cdk: options.cdk ?? cdkCommand(), directory, env };
      failures.push(...(await tryApp(each, deployment, clients, stopping.signal)));
      await rm(directory, { recursive: true, force: true });
    }
  } finally {
    process.off("SIGINT", stop).off("SIGTERM", stop);
    for (const client of Object.values(clients)) client.destroy();
  }
  for (const failure of failures) say(failure);
  if (failures.length === 0 && !stopping.signal.aborted)
    say(`All is well: ${cases.length} apps. Every stack is deleted.`);
  return failures.length === 0 && !stopping.signal.aborted ? 0 : 1;
}

/** Answers with what went wrong. */
async function tryApp(
  each: AwsCase,
  deployment: Deployment,
  clients: Clients,
  signal: AbortSignal,
): Promise<readonly string[]> {
  const failures: string[] = [];
  let outputs: Readonly<Record<string, string>> | undefined;
  try {
    say(`\n${each.app}: deploying ${deployment.stack}`);
    outputs = await deploy(deployment, each);
    say(`${each.app}: ${each.promise}`);
    await each.check({ ...clients, outputs, signal });
    say(`${each.app}: passed`);
  } catch (error) {
    failures.push(`FAILED  ${each.app} ${each.promise}: ${(error as Error).message}`);
  }
  try {
    say(`${each.app}: deleting ${deployment.stack}`);
    if (outputs) await emptyBuckets(clients.s3, await ownBuckets(deployment, outputs));
    await destroy(deployment);
  } catch (error) {
    failures.push(
      `LEFT    ${deployment.stack} could not be deleted: ${(error as Error).message} Empty its buckets, then: aws cloudformation delete-stack --stack-name ${deployment.stack}`,
    );
  }
  return failures;
}

interface Access {
  readonly profile?: string;
  readonly region?: string;
  readonly endpoint?: string;
}

function accessOf({ profile, region, endpoint }: LaneOptions): Access {
  return {
    ...(profile !== undefined && { profile }),
    ...(region !== undefined && { region }),
    ...(endpoint !== undefined && { endpoint }),
  };
}

function variablesOf({ profile, endpoint }: LaneOptions, region: string): NodeJS.ProcessEnv {
  return {
    ...{ AWS_REGION: region, AWS_DEFAULT_REGION: region },
    ...(profile !== undefined && { AWS_PROFILE: profile }),
    ...(endpoint !== undefined && { AWS_ENDPOINT_URL: endpoint }),
  };
}

function clientsOf(access: Access): Clients {
  return {
    s3: new S3Client({ ...access, ...(access.endpoint !== undefined && { forcePathStyle: true }) }),
    sqs: new SQSClient(access),
    dynamodb: new DynamoDBClient(access),
    lambda: new LambdaClient(access),
    logs: new CloudWatchLogsClient(access),
  };
}

/** Whom and where the lane reaches. */
async function placeOf(access: Access): Promise<{ readonly account: string; readonly region: string }> {
  const sts = new STSClient(access);
  try {
    const { Account, Arn } = await sts.send(new GetCallerIdentityCommand({}));
    return { account: `${Account}, as ${Arn}`, region: await sts.config.region() };
  } finally {
    sts.destroy();
  }
}

/** The CDK's own command, of this workspace. */
function cdkCommand(): readonly string[] {
  return [process.execPath, createRequire(import.meta.url).resolve("aws-cdk/bin/cdk")];
}
