import assert from "node:assert/strict";
import {
  type CloudWatchClient,
  GetMetricDataCommand,
  GetMetricStatisticsCommand,
  type GetMetricStatisticsCommandInput,
  ListMetricsCommand,
  type MetricDatum,
  PutMetricDataCommand,
} from "@aws-sdk/client-cloudwatch";
import { type CloudWatchCase, nameOfError, newName } from "./cloudwatch-names.ts";

const minuteMs = 60_000;
/** The beginning of an hour that is over. */
const hour = () => new Date(Math.floor(Date.now() / 3_600_000 - 1) * 3_600_000);
const minute = (of: Date, index: number, seconds = 0) => new Date(of.getTime() + index * minuteMs + seconds * 1000);

async function put(client: CloudWatchClient, Namespace: string, ...MetricData: MetricDatum[]): Promise<void> {
  await client.send(new PutMetricDataCommand({ Namespace, MetricData }));
}

async function statistics(
  client: CloudWatchClient,
  input: Pick<GetMetricStatisticsCommandInput, "Namespace"> & Partial<GetMetricStatisticsCommandInput>,
  start = hour(),
) {
  const { Datapoints = [] } = await client.send(
    new GetMetricStatisticsCommand({
      MetricName: "m",
      StartTime: start,
      EndTime: minute(start, 60),
      Period: 60,
      Statistics: ["SampleCount", "Average", "Sum", "Minimum", "Maximum"],
      ...input,
    }),
  );
  return Datapoints.toSorted((a, b) => Number(a.Timestamp) - Number(b.Timestamp));
}

/** Metrics: values put in and statistics got out. */
export const metricCases: readonly CloudWatchCase[] = [
  {
    name: "values of one period come back as its statistics",
    async run(client) {
      const [Namespace, start] = [newName(), hour()];
      for (const [index, Value] of [
        [1, 4],
        [1, 2],
        [5, 9],
      ] as const) {
        await put(client, Namespace, { MetricName: "m", Value, Timestamp: minute(start, index, 30), Unit: "Count" });
      }
      const found = await statistics(client, { Namespace }, start);
      assert.deepEqual(
        found.map(({ Timestamp, ...rest }) => [Timestamp?.getTime(), rest]),
        [
          [minute(start, 1).getTime(), { SampleCount: 2, Average: 3, Sum: 6, Minimum: 2, Maximum: 4, Unit: "Count" }],
          [minute(start, 5).getTime(), { SampleCount: 1, Average: 9, Sum: 9, Minimum: 9, Maximum: 9, Unit: "Count" }],
        ],
      );
    },
  },
  {
    name: "longer periods take shorter ones together",
    async run(client) {
      const [Namespace, start] = [newName(), hour()];
      await put(
        client,
        Namespace,
        ...[0, 4, 5, 9].map((index) => ({ MetricName: "m", Value: 1, Timestamp: minute(start, index) })),
      );
      const found = await statistics(client, { Namespace, Period: 300 }, start);
      assert.deepEqual(
        found.map(({ Timestamp, Sum }) => [Timestamp?.getTime(), Sum]),
        [
          [start.getTime(), 2],
          [minute(start, 5).getTime(), 2],
        ],
      );
    },
  },
  {
    name: "values with counts, and statistic sets, count as what they stand for",
    async run(client) {
      const [Namespace, start] = [newName(), hour()];
      await put(client, Namespace, { MetricName: "m", Values: [1, 10], Counts: [3, 2], Timestamp: start });
      const StatisticValues = { SampleCount: 5, Sum: 50, Minimum: 0, Maximum: 30 };
      await put(client, Namespace, { MetricName: "m", StatisticValues, Timestamp: start });
      const [found] = await statistics(client, { Namespace }, start);
      assert.equal(found?.SampleCount, 10);
      assert.equal(found.Sum, 73);
      assert.equal(found.Minimum, 0);
      assert.equal(found.Maximum, 30);
      assert.ok(Math.abs((found.Average ?? 0) - 7.3) < 1e-9);
    },
  },
  {
    name: "dimensions tell metrics apart, in whatever order",
    async run(client) {
      const [Namespace, start] = [newName(), hour()];
      const [a, b] = [
        { Name: "a", Value: "1" },
        { Name: "b", Value: "2" },
      ];
      await put(client, Namespace, { MetricName: "m", Value: 1, Timestamp: start, Dimensions: [a] });
      await put(client, Namespace, { MetricName: "m", Value: 2, Timestamp: start, Dimensions: [a, b] });
      const sumOf = async (Dimensions: (typeof a)[]) => {
        const [found] = await statistics(client, { Namespace, Dimensions }, start);
        return found?.Sum;
      };
      assert.deepEqual([await sumOf([a]), await sumOf([b, a]), await sumOf([b])], [1, 2, undefined]);
    },
  },
  {
    name: "statistics of a unit leave out other units",
    async run(client) {
      const [Namespace, start] = [newName(), hour()];
      await put(client, Namespace, { MetricName: "m", Value: 1, Timestamp: start, Unit: "Seconds" });
      await put(client, Namespace, { MetricName: "m", Value: 2, Timestamp: start, Unit: "Bytes" });
      const found = await statistics(client, { Namespace, Unit: "Bytes" }, start);
      assert.deepEqual(
        found.map(({ Sum, Unit }) => [Sum, Unit]),
        [[2, "Bytes"]],
      );
    },
  },
  {
    name: "the start of a span counts and its end does not",
    async run(client) {
      const [Namespace, start] = [newName(), hour()];
      const data = [1, 2, 3].map((index) => ({ MetricName: "m", Value: index, Timestamp: minute(start, index) }));
      await put(client, Namespace, ...data);
      const span = { StartTime: minute(start, 1), EndTime: minute(start, 3) };
      const found = await statistics(client, { Namespace, ...span }, start);
      assert.deepEqual(
        found.map(({ Sum }) => Sum),
        [1, 2],
      );
    },
  },
  {
    name: "a request too large to go uncompressed arrives",
    async run(client) {
      const [Namespace, start] = [newName(), hour()];
      const Dimensions = [{ Name: "long", Value: "x".repeat(1000) }];
      const data = Array.from({ length: 40 }, () => ({ MetricName: "m", Value: 1, Timestamp: start, Dimensions }));
      await put(client, Namespace, ...data);
      const [found] = await statistics(client, { Namespace, Dimensions }, start);
      assert.equal(found?.SampleCount, 40);
    },
  },
  {
    name: "several metrics come in one answer, the newest data first unless asked for otherwise",
    async run(client) {
      const [Namespace, start] = [newName(), hour()];
      for (const index of [0, 1, 2]) {
        const Timestamp = minute(start, index);
        await put(
          client,
          Namespace,
          { MetricName: "m", Value: index, Timestamp },
          { MetricName: "n", Value: 10 * index, Timestamp },
        );
      }
      const query = (Id: string, MetricName: string, more: object = {}) => ({
        Id,
        MetricStat: { Metric: { Namespace, MetricName }, Period: 60, Stat: "Maximum" },
        ...more,
      });
      const MetricDataQueries = [query("m1", "m"), query("n1", "n", { Label: "ten times" })];
      const span = { StartTime: start, EndTime: minute(start, 3), MetricDataQueries };
      const { MetricDataResults = [] } = await client.send(new GetMetricDataCommand(span));
      assert.deepEqual(
        MetricDataResults.map(({ Id, Values, StatusCode }) => [Id, Values, StatusCode]),
        [
          ["m1", [2, 1, 0], "Complete"],
          ["n1", [20, 10, 0], "Complete"],
        ],
      );
      assert.equal(MetricDataResults[1]?.Label, "ten times");
      assert.equal(MetricDataResults[0]?.Timestamps?.[0]?.getTime(), minute(start, 2).getTime());
      const ascending = await client.send(new GetMetricDataCommand({ ...span, ScanBy: "TimestampAscending" }));
      assert.deepEqual(ascending.MetricDataResults?.[0]?.Values, [0, 1, 2]);
    },
  },
  {
    name: "metrics are listed by namespace, name and dimension",
    async run(client) {
      const Namespace = newName();
      const Dimensions = [{ Name: "queue", Value: "a" }];
      await put(client, Namespace, { MetricName: "m", Value: 1, Dimensions }, { MetricName: "n", Value: 1 });
      const list = async (input: object) => {
        const { Metrics = [] } = await client.send(new ListMetricsCommand({ Namespace, ...input }));
        return Metrics.map(({ MetricName }) => MetricName).sort();
      };
      assert.deepEqual(await list({}), ["m", "n"]);
      assert.deepEqual(await list({ MetricName: "n" }), ["n"]);
      assert.deepEqual(await list({ Dimensions: [{ Name: "queue" }] }), ["m"]);
      assert.deepEqual(await list({ Dimensions: [{ Name: "queue", Value: "b" }] }), []);
    },
  },
  {
    name: "a span that ends before it begins is refused",
    async run(client) {
      const [Namespace, start] = [newName(), hour()];
      const span = { StartTime: minute(start, 1), EndTime: start };
      assert.equal(await nameOfError(statistics(client, { Namespace, ...span })), "InvalidParameterValue");
      const MetricStat = { Metric: { Namespace, MetricName: "m" }, Period: 60, Stat: "Sum" };
      const get = new GetMetricDataCommand({ ...span, MetricDataQueries: [{ Id: "m1", MetricStat }] });
      assert.equal(await nameOfError(client.send(get)), "Validation");
    },
  },
  {
    name: "statistics without a statistic are refused",
    async run(client) {
      const get = statistics(client, { Namespace: newName(), Statistics: undefined });
      assert.equal(await nameOfError(get), "InvalidParameterCombination");
    },
  },
  {
    name: "a period that is none is refused",
    async run(client) {
      const get = statistics(client, { Namespace: newName(), Period: 45 });
      assert.equal(await nameOfError(get), "InvalidParameterValue");
    },
  },
  {
    name: "values given in two ways at once are refused, and nothing of the request is kept",
    async run(client) {
      const [Namespace, start] = [newName(), hour()];
      const good = { MetricName: "m", Value: 1, Timestamp: start };
      const refused = (datum: object) => nameOfError(put(client, Namespace, good, { MetricName: "m", ...datum }));
      assert.equal(await refused({ Value: 1, Values: [1] }), "InvalidParameterCombination");
      assert.equal(await refused({ Values: [1, 2], Counts: [1] }), "InvalidParameterValue");
      assert.equal(await refused({ Value: Number.NaN }), "InvalidParameterValue");
      const StatisticValues = { SampleCount: 1, Sum: 1, Minimum: 1, Maximum: 1 };
      assert.equal(await refused({ Value: 1, StatisticValues }), "InvalidParameterCombination");
      assert.deepEqual(await statistics(client, { Namespace }, start), []);
    },
  },
];
