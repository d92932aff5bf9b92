import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import { CreateTableCommand, DynamoDBClient } from "@aws-sdk/client-dynamodb";
import { callerDriver, memoryRunStore, type RecursiveOptions, recursive } from "@longhaul/core";
import { dynamodbRunStore } from "@longhaul/core/dynamodb";
import { type LocalAws, outsideCredentials, startLocalAws } from "@longhaul/local";

/** A release of core whose envelopes and records are of version 2; no package of the workspace has this name. */
const NEWER = "newer";
const newer: { recursive: typeof recursive } = await import(NEWER);
const newerStores: { dynamodbRunStore: typeof dynamodbRunStore } = await import(`${NEWER}/dynamodb`);

type Options = RecursiveOptions<object, { line: number }, string>;

/** A function that counts to 3, one step a hop. */
function counter(make: typeof recursive, options: Partial<Options> = {}) {
  let nowMs = 0;
  const handler = make<object, { line: number }, string>({
    driver: callerDriver(),
    runId: () => "count",
    start: () => ({ line: 0 }),
    *run({ line }) {
      for (let next = line + 1; next <= 3; next++) {
        nowMs += 2_500;
        yield { line: next };
      }
      return "counted";
    },
    ...options,
  });
  return (event: object) => {
    const endsAtMs = nowMs + 3_000;
    return handler(event, {
      awsRequestId: `request-${nowMs}`,
      invokedFunctionArn: "arn:aws:lambda:us-east-1:000000000000:function:count",
      functionVersion: "$LATEST",
      memoryLimitInMB: "128",
      getRemainingTimeInMillis: () => endsAtMs - nowMs,
    });
  };
}

/** The event with which another deployment continues. */
async function handedOff(invoke: ReturnType<typeof counter>): Promise<object> {
  const outcome = await invoke({});
  assert.ok(outcome.status === "continued", outcome.status);
  return { ...outcome.continuation };
}

describe("a state of an older version", () => {
  const older = () => ({ store: memoryRunStore(), state: { version: 1 } });

  it("is met by migrate, and the run goes on", async () => {
    const { store, state } = older();
    const event = await handedOff(counter(recursive, { store, state }));
    const from: number[] = [];
    const migrate = (old: unknown, version: number) => {
      from.push(version);
      return old as { line: number };
    };
    let outcome = await counter(recursive, { store, state: { version: 2, migrate } })(event);
    if (outcome.status === "continued") {
      outcome = await counter(recursive, { store, state: { version: 2, migrate } })({ ...outcome.continuation });
    }
    assert.deepEqual(from, [1]);
    assert.notEqual(outcome.status, "paused");
  });

  it("without migrate pauses the run, by the name VERSION_MISMATCH", async () => {
    const { store, state } = older();
    const event = await handedOff(counter(recursive, { store, state }));
    const outcome = await counter(recursive, { store, state: { version: 2 } })(event);
    assert.ok(outcome.status === "paused", outcome.status);
    assert.equal(outcome.reason.code, "VERSION_MISMATCH");
  });
});

describe("an event whose envelope is of another version", () => {
  it("of a newer release is refused, by the name EVENT and both versions", async () => {
    const event = await handedOff(counter(newer.recursive));
    await assert.rejects(counter(recursive)(event), {
      code: "EVENT",
      message: /envelope version 2; this code reads version 1\. Deploy a @longhaul\/core that reads it/,
    });
  });

  it("of an older release likewise", async () => {
    const event = await handedOff(counter(recursive));
    await assert.rejects(counter(newer.recursive)(event), {
      code: "EVENT",
      message: /envelope version 1; this code reads version 2\. Deploy a @longhaul\/core that reads it/,
    });
  });
});

describe("a record of another version", () => {
  const tableName = "runs";
  let aws: LocalAws;
  let client: DynamoDBClient;

  before(async () => {
    aws = await startLocalAws();
    client = new DynamoDBClient({ endpoint: aws.url, region: aws.region, credentials: outsideCredentials });
    await client.send(
      new CreateTableCommand({
        TableName: tableName,
        AttributeDefinitions: [{ AttributeName: "run", AttributeType: "S" }],
        KeySchema: [{ AttributeName: "run", KeyType: "HASH" }],
        BillingMode: "PAY_PER_REQUEST",
      }),
    );
  });
  after(async () => {
    client.destroy();
    await aws.stop();
  });

  it("of a newer release is refused, by its run and its version", async () => {
    const store = newerStores.dynamodbRunStore({ tableName, client });
    await handedOff(counter(newer.recursive, { store, runId: () => "newer-run" }));
    await assert.rejects(dynamodbRunStore({ tableName, client }).get("newer-run"), {
      code: "RUN_STORE",
      message: /newer-run .*newer @longhaul\/core \(version 2 of its record\)/,
    });
  });

  it("of an older release is read", async () => {
    const store = dynamodbRunStore({ tableName, client });
    await handedOff(counter(recursive, { store, runId: () => "older-run" }));
    const record = await newerStores.dynamodbRunStore({ tableName, client }).get("older-run");
    assert.equal(record?.phase, "handed-off");
  });
});
