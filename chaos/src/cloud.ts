import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { DynamoDBClient } from "@aws-sdk/client-dynamodb";
import { LambdaClient } from "@aws-sdk/client-lambda";
import { S3Client } from "@aws-sdk/client-s3";
import { SQSClient } from "@aws-sdk/client-sqs";
import { type LocalAws, outsideCredentials, startLocalAws, stopOnSignals } from "@longhaul/local";
import { byPolicies, synthesize } from "@longhaul/local/testing";
import type { ChaosApp, Site } from "./chaos-app.ts";
import type { FaultPlan } from "./fault-plan.ts";

/** The embedded AWS with the apps' stacks, and clients that look at it from outside, where no call fails. */
export interface Cloud {
  readonly aws: LocalAws;
  readonly sites: ReadonlyMap<ChaosApp, Site>;
  /** Problems of the embedded AWS itself. */
  readonly problems: readonly string[];
  stop(): Promise<void>;
}

/** Where the apps are, from here. */
const PACKAGES = new URL("../../packages/", import.meta.url);

/** Lambda tries failed events again after one and two minutes, here after one and two seconds. */
const RETRIES_FASTER = 60;

/** Sweeps and alarms come each minute, here every four seconds: each is a process that takes time from the work. */
const SCHEDULES_FASTER = 15;

/** Most function instances at a time: more would only wait for each other, and for so long that they time out. */
const MAX_INSTANCES = 40;

/** A cold start may take so long, in milliseconds: on a busy machine many begin at once. */
const INIT_TIMEOUT_MS = 60_000;

/** So long S3 takes for a listing, in milliseconds. */
const BEFORE_LIST_MS = 100;

/** Synthesizes the stacks of the apps, and deploys them side by side. */
export async function startCloud(
  apps: readonly ChaosApp[],
  plan: FaultPlan,
  slowness: number,
  onStage: (text: string) => void,
): Promise<Cloud> {
  const problems: string[] = [];
  const directory = await mkdtemp(join(tmpdir(), "longhaul-chaos-"));
  const allowed = byPolicies(() => aws);
  const aws: LocalAws = await startLocalAws({
    authorize: allowed,
    callFaults: plan.calls,
    scheduleScale: SCHEDULES_FASTER,
    s3: { slow: { beforeListMs: BEFORE_LIST_MS } },
    eventSources: { faults: plan.eventSources },
    lambda: {
      timeScale: 1 / RETRIES_FASTER,
      faults: plan.lambda,
      maxSandboxes: MAX_INSTANCES,
      initTimeoutMs: INIT_TIMEOUT_MS * slowness,
    },
    onProblem: (error, source) => void problems.push(`${source}: ${String(error)}`),
  });
  aws.lambda.on("invoke.end", ({ functionName, status }) => {
    if (status === "exit") plan.count(functionName, "killed");
  });
  const access = { endpoint: aws.url, region: aws.region, credentials: outsideCredentials };
  const clients = {
    s3: new S3Client({ ...access, forcePathStyle: true }),
    sqs: new SQSClient(access),
    dynamodb: new DynamoDBClient(access),
    lambda: new LambdaClient(access),
  };
  const resumeAfter = { LONGHAUL_RESUME_AFTER_MS: String(3_000 * slowness) };
  const stop = async (): Promise<void> => {
    release();
    for (const client of Object.values(clients)) client.destroy();
    await aws.stop();
    await rm(directory, { recursive: true, force: true });
  };
  const release = stopOnSignals({ stop });
  try {
    const sites = new Map<ChaosApp, Site>();
    for (const app of apps) {
      onStage(`synthesizing and deploying ${app.name}`);
      const outdir = join(directory, app.name);
      await app.prepare?.(clients);
      await synthesize({
        directory: fileURLToPath(new URL(app.name, PACKAGES)),
        program: ["--conditions=longhaul-source", "infra/app.ts"],
        outdir,
        context: app.context(slowness),
      });
      const { outputs } = await aws.deploy(outdir, {
        functionOverrides: { "*": { environment: { ...resumeAfter, ...app.environment(slowness) } } },
      });
      const lines: Site["lines"] = { onLine: () => {} };
      aws.lambda.on("log", ({ functionName, message }) => {
        if (message.startsWith("{") && app.isOurs(functionName)) lines.onLine(message);
      });
      sites.set(app, { ...clients, outputs, lines });
    }
    return { aws, sites, problems, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}
