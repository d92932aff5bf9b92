import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { DynamoDBClient } from "@aws-sdk/client-dynamodb";
import { LambdaClient } from "@aws-sdk/client-lambda";
import { runClient } from "@longhaul/core/client";
import { dynamodbRunStore } from "@longhaul/core/dynamodb";
import { lambdaDriver } from "@longhaul/core/lambda";
import { type LocalAws, outsideCredentials, startLocalAws } from "@longhaul/local";
import { byPolicies } from "@longhaul/local/testing";
import type { Template } from "./needs-of-template.ts";
import { startBilling } from "./orders.ts";

/** A template, and the code that its functions name. */
export interface Deployable {
  readonly template: Template;
  /** Logical ids of the functions. */
  readonly worker: string;
  readonly sweeper: string;
  /** The `S3Key` of both, and the folder or zip file that is stored there. */
  readonly objectKey: string;
  readonly code: string;
}

/** The end of a run, and how it came about. */
export interface FinishedRun {
  readonly status: string;
  readonly result: unknown;
  readonly hops: number;
  /** Orders in the sequence of their first charge. */
  readonly charged: readonly string[];
  /** Hand-offs that were lost, so that only the sweeper could continue. */
  readonly lostEvents: number;
}

/**
 * Deploys a template to an embedded AWS on which roles may do what their policies say, and lets one run go to its end. The
 * event of one hop is lost on the way.
 */
export async function runDeployed(
  deployable: Deployable,
  folder: string,
  orders: readonly string[],
): Promise<FinishedRun> {
  const { template, worker, sweeper, objectKey, code } = deployable;
  await using billing = await startBilling(40);
  let lostEvents = 0;
  const aws: LocalAws = await startLocalAws({
    region: "eu-west-1",
    authorize: byPolicies(() => aws),
    // A sweep each second.
    scheduleScale: 60,
    lambda: {
      faults: {
        deliveries({ payload }) {
          const isLost = lostEvents === 0 && payload.includes('"hop":2');
          lostEvents += isLost ? 1 : 0;
          return isLost ? [] : [0];
        },
      },
    },
  });
  try {
    const artifacts = {
      Orders: { type: "aws:cloudformation:stack", properties: { templateFile: "orders.json" } },
      Assets: { type: "cdk:asset-manifest", properties: { file: "assets.json" } },
    };
    const files = { code: { source: { path: code }, destinations: { here: { objectKey } } } };
    for (const [file, content] of Object.entries({
      "manifest.json": { artifacts },
      "orders.json": template,
      "assets.json": { files },
    })) {
      await writeFile(join(folder, file), JSON.stringify(content));
    }
    const { outputs } = await aws.deploy(folder, {
      functionOverrides: {
        [worker]: { timeoutSeconds: 2, environment: { BILLING_URL: billing.url } },
        [sweeper]: { environment: { LONGHAUL_RESUME_AFTER_MS: "500" } },
      },
    });
    const { WorkerName: target, RunsName: tableName } = outputs;
    const place = { region: aws.region, endpoint: aws.url, credentials: outsideCredentials };
    const client = runClient({
      store: dynamodbRunStore({ tableName, client: new DynamoDBClient(place) }),
      driver: lambdaDriver({ client: new LambdaClient(place) }),
      target,
    });
    const { id } = await client.start({ orders });
    const { status, result, hop } = await client.wait(id, { signal: AbortSignal.timeout(60_000) });
    return { status, result, hops: hop + 1, charged: [...billing.charged.values()], lostEvents };
  } finally {
    await aws.stop();
  }
}
