import { GetQueueAttributesCommand, SetQueueAttributesCommand, SQSClient } from "@aws-sdk/client-sqs";
import { outsideCredentials, seededCallFaults } from "@longhaul/local";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { lastUsedMs } from "../src/tokens/token-row.ts";
import { type LoopCloud, startLoopCloud } from "./loop-cloud.ts";
import { HEARTBEAT_MS, quick } from "./order-loops.ts";

/** Messages of the test under faults: `npm run soak` sends 100,000. */
const MESSAGES = Number(process.env.LONGHAUL_MESSAGES ?? 400);
const isSoak = MESSAGES > 400;
/** So long working messages off under faults may take, in milliseconds. */
const SOAK_MS = 600_000;

let cloud: LoopCloud;
beforeAll(async () => {
  cloud = await startLoopCloud();
});
afterAll(() => cloud.stop());

describe("[S4.1] [S4.4] every second process killed, events lost and doubled, calls to DynamoDB and SQS failing at random", () => {
  it(
    "cost no message, and leave as many loops as tokens",
    async () => {
      // So many are killed that three receipts would send messages to the dead letters that were never worked off.
      await withMaxReceiveCount(50);
      const loop = cloud.outputs.FunctionName;
      let hops = 0;
      let events = 0;
      cloud.faults.killAfterMs = ({ functionName }) => (functionName === loop && hops++ % 2 === 0 ? 900 : undefined);
      // Of seven events one is lost, the third, and two come twice.
      cloud.faults.deliveries = ({ functionName }) => {
        if (functionName !== loop) return [0];
        const at = ++events % 7;
        if (at === 3) return [];
        return at === 5 || at === 6 ? [0, 40] : [0];
      };
      const ids = await cloud.send(cloud.orders, quick(MESSAGES, { workMs: isSoak ? 0 : 250 }));
      await cloud.call("StartFunctionName", { queueUrl: cloud.orders, loops: 3 });
      let failed = 0;
      // Few messages take about a hundred calls: of so few, so many fail that chance cannot spare them.
      const rate = isSoak ? 0.1 : 0.3;
      const plan = seededCallFaults({ seed: 42, rates: { dynamodb: rate, sqs: rate } });
      cloud.faults.calls = (call) => {
        const fault = plan(call);
        if (fault !== undefined) failed++;
        return fault;
      };
      // On a machine so busy that a process is killed before it has begun, this takes its time.
      await cloud.until("the queue is empty", () => cloud.depth(cloud.orders) === 0, SOAK_MS);
      const processed = new Set(cloud.processed());
      expect(ids.filter((id) => !processed.has(id))).toEqual([]);
      expect(cloud.depth(cloud.outputs.OrdersDeadLettersUrl ?? "")).toBe(0);
      expect(failed).toBeGreaterThan(10);
      expect(hops).toBeGreaterThan(1);
      expect(events).toBeGreaterThan(3);
      for (const fault of ["killAfterMs", "deliveries", "calls"] as const) delete cloud.faults[fault];
      await cloud.until("each token has a live loop", async () => {
        const rows = await cloud.tokens(cloud.orders);
        return rows.length > 0 && rows.every((row) => (lastUsedMs(row) ?? 0) > Date.now() - 3 * HEARTBEAT_MS);
      });
    },
    2 * SOAK_MS,
  );
});

/** Sets how often the queue of orders gives a message out before it goes to the dead letters. */
async function withMaxReceiveCount(maxReceiveCount: number): Promise<void> {
  const client = new SQSClient({ endpoint: cloud.aws.url, region: cloud.aws.region, credentials: outsideCredentials });
  const QueueUrl = cloud.orders;
  const { Attributes } = await client.send(
    new GetQueueAttributesCommand({ QueueUrl, AttributeNames: ["RedrivePolicy"] }),
  );
  const RedrivePolicy = JSON.stringify({ ...JSON.parse(Attributes?.RedrivePolicy ?? "{}"), maxReceiveCount });
  await client.send(new SetQueueAttributesCommand({ QueueUrl, Attributes: { RedrivePolicy } }));
  client.destroy();
}
