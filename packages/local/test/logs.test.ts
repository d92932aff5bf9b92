import {
  CloudWatchLogsClient,
  DescribeLogGroupsCommand,
  DescribeLogStreamsCommand,
  FilterLogEventsCommand,
  type FilterLogEventsCommandInput,
  GetLogEventsCommand,
  paginateFilterLogEvents,
} from "@aws-sdk/client-cloudwatch-logs";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { outsideCredentials } from "../src/index.ts";
import { type CountingCloud, startCountingCloud } from "./counting-cloud.ts";

let cloud: CountingCloud;
let logs: CloudWatchLogsClient;
const logGroupName = "/aws/lambda/counter";
beforeAll(async () => {
  cloud = await startCountingCloud();
  logs = new CloudWatchLogsClient({
    endpoint: cloud.aws.url,
    region: cloud.aws.region,
    credentials: outsideCredentials,
  });
  for (const runId of ["a", "b"]) await cloud.client.start({ upTo: 30, everyMs: 1 }, { runId });
  for (const runId of ["a", "b"]) await cloud.client.wait(runId);
  await cloud.aws.lambda.idle();
});
afterAll(async () => {
  logs.destroy();
  await cloud.stop();
});

const filter = (input: Partial<FilterLogEventsCommandInput> = {}) =>
  logs.send(new FilterLogEventsCommand({ logGroupName, ...input }));

describe("the embedded CloudWatch Logs", () => {
  it("has a group for each function, and a stream for each of its instances", async () => {
    const { logGroups = [] } = await logs.send(new DescribeLogGroupsCommand({ logGroupNamePrefix: "/aws/lambda/" }));
    expect(logGroups).toEqual([
      expect.objectContaining({
        logGroupName,
        arn: `arn:aws:logs:us-east-1:000000000000:log-group:${logGroupName}:*`,
        creationTime: expect.any(Number),
      }),
    ]);
    const { logStreams = [] } = await logs.send(
      new DescribeLogStreamsCommand({ logGroupName, orderBy: "LastEventTime", descending: true }),
    );
    expect(logStreams.length).toBeGreaterThan(0);
    for (const { logStreamName } of logStreams)
      expect(logStreamName).toMatch(/^\d{4}\/\d\d\/\d\d\/\[\$LATEST\][0-9a-f]{32}$/);
  });

  it("gives back each event once, oldest first, on as many pages as it takes", async () => {
    const { events: whole = [], nextToken } = await filter();
    expect(nextToken).toBeUndefined();
    expect(whole[0]?.message).toMatch(/^START RequestId: [0-9a-f-]{36} Version: \$LATEST$/);
    expect(whole.at(-1)?.message).toMatch(/^REPORT RequestId/);
    const paged = [];
    for await (const { events = [] } of paginateFilterLogEvents({ client: logs, pageSize: 7 }, { logGroupName }))
      paged.push(...events);
    expect(paged).toEqual(whole);
    expect(new Set(whole.map(({ eventId }) => eventId)).size).toBe(whole.length);
  });

  it("of some streams, of a time, with some terms", async () => {
    const { events = [] } = await filter();
    const [first, last] = [events[0], events.at(-1)];
    const { events: found = [] } = await filter({ filterPattern: '"item 20"' });
    expect(found.map(({ message }) => message?.split("\t").at(-1))).toEqual(["item 20\nof 30", "item 20\nof 30"]);
    const stream = first?.logStreamName ?? "";
    const ofStream = events.filter(({ logStreamName }) => logStreamName === stream);
    expect((await filter({ logStreamNames: [stream] })).events).toEqual(ofStream);
    expect((await filter({ logStreamNamePrefix: stream })).events).toEqual(ofStream);
    const startTime = last?.timestamp ?? 0;
    const late = events.filter(({ timestamp = 0 }) => timestamp >= startTime);
    expect((await filter({ startTime, endTime: startTime + 60_000 })).events).toEqual(late);
    expect((await filter({ startTime: startTime + 1 })).events).toEqual([]);
  });

  it("reads a stream from either end", async () => {
    const { events: whole = [] } = await filter();
    const logStreamName = whole[0]?.logStreamName ?? "";
    const messages = whole.filter((event) => event.logStreamName === logStreamName).map(({ message }) => message);
    const get = async (input: object) => {
      const command = new GetLogEventsCommand({ logGroupName, logStreamName, limit: 5, ...input });
      const { events = [], ...tokens } = await logs.send(command);
      return { messages: events.map(({ message }) => message), ...tokens };
    };
    expect((await get({})).messages).toEqual(messages.slice(-5));
    const head = await get({ startFromHead: true });
    expect(head.messages).toEqual(messages.slice(0, 5));
    const next = await get({ nextToken: head.nextForwardToken });
    expect(next.messages).toEqual(messages.slice(5, 10));
    expect((await get({ nextToken: next.nextBackwardToken })).messages).toEqual(messages.slice(0, 5));
    const end = await get({ limit: 10_000, startFromHead: true });
    const after = await get({ nextToken: end.nextForwardToken });
    expect(after).toMatchObject({ messages: [], nextForwardToken: end.nextForwardToken });
  });

  it.each([
    [{ logGroupName: "/none" }, "ResourceNotFoundException", /log group does not exist/],
    [{ logStreamNames: ["none"] }, "ResourceNotFoundException", /log stream does not exist/],
    [{ logStreamNames: ["a"], logStreamNamePrefix: "a" }, "InvalidParameterException", /cannot both be given/],
    [{ filterPattern: "{ $.a = 1 }" }, "InvalidParameterException", /serves filter patterns of terms alone/],
    [{ limit: 10_001 }, "InvalidParameterException", /less than or equal to 10000/],
    [{ nextToken: "x" }, "InvalidParameterException", /nextToken/],
    [{ unmask: true }, "InvalidParameterException", /does not serve the parameter unmask of FilterLogEvents as "true"/],
  ])("refuses %j as AWS does: %s", async (input, name, message) => {
    await expect(filter(input)).rejects.toMatchObject({ name, message: expect.stringMatching(message) });
  });
});
