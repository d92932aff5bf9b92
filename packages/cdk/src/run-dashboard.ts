import { Duration } from "aws-cdk-lib";
import { Dashboard, GraphWidget, type IMetric, MathExpression, Stats } from "aws-cdk-lib/aws-cloudwatch";
import { Construct } from "constructs";
import { InvalidPropError } from "./errors.ts";
import { usdPerMs } from "./function-cost.ts";
import type { RecursiveFunction } from "./recursive-function.ts";

/** Props of {@link RunDashboard}. */
export interface RunDashboardProps {
  /** The functions that are shown, each in a row of its own. */
  readonly functions: readonly RecursiveFunction[];
  /** Name of the dashboard in the console. Default: made by CloudFormation. */
  readonly dashboardName?: string;
  /** The namespace that `emfObserver()` writes to. Default: `Longhaul`. */
  readonly namespace?: string;
}

/** Widgets of a row, of which a dashboard has room for 24 columns. */
const WIDTH = 8;

/**
 * A CloudWatch dashboard of functions that continue as new: hops and how runs end, the time of hand-offs and what is left
 * of a hop, items, cost, and what waits or failed. Half of it is made of Lambda's own metrics. For the other half the
 * handler needs `observers: [emfObserver()]`.
 *
 * @example `new RunDashboard(this, "Dashboard", { functions: [worker] });`
 * @throws {@link InvalidPropError} if there is no function.
 */
export class RunDashboard extends Construct {
  /** The dashboard, for widgets of your own. */
  readonly dashboard: Dashboard;

  constructor(scope: Construct, id: string, { functions, dashboardName, namespace }: RunDashboardProps) {
    super(scope, id);
    if (functions.length === 0) {
      throw new InvalidPropError(this.node.path, "functions", "must have at least one function.");
    }
    this.dashboard = new Dashboard(this, "Dashboard", {
      ...(dashboardName !== undefined && { dashboardName }),
      defaultInterval: Duration.hours(3),
    });
    for (const worker of functions) {
      const { function: lambda, failures } = worker;
      const name = worker.node.id;
      const sum = { statistic: Stats.SUM, period: Duration.minutes(1) };
      const run = (metric: Parameters<RecursiveFunction["metric"]>[0], statistic: string) =>
        worker.metric(metric, { statistic, ...(namespace !== undefined && { namespace }) });
      const graph = (title: string, left: IMetric[], right: IMetric[] = []) =>
        new GraphWidget({ title: `${name}: ${title}`, width: WIDTH, left, right });
      this.dashboard.addWidgets(
        graph("hops a minute", [lambda.metricInvocations(sum), lambda.metricThrottles(sum), lambda.metricErrors(sum)]),
        graph("ends of runs", [run("RunsDone", "Sum"), run("RunsStopped", "Sum"), run("RunsFailed", "Sum")]),
        graph("steps", [run("Steps", "Sum")]),
        graph(
          "hand-off, and time left behind it",
          [run("HandOffMs", "p50"), run("HandOffMs", "p99")],
          [run("UnusedMs", "Average")],
        ),
        graph("cost in an hour, USD", [
          new MathExpression({
            expression: `duration * ${usdPerMs(worker.memoryMb)}`,
            usingMetrics: { duration: lambda.metricDuration({ statistic: Stats.SUM, period: Duration.hours(1) }) },
            label: "by the list price",
            period: Duration.hours(1),
          }),
        ]),
        graph(
          "events that wait, and that failed",
          [failures.metricApproximateNumberOfMessagesVisible({ label: "failed", statistic: Stats.MAXIMUM })],
          [lambda.metric("AsyncEventAge", { label: "age of the oldest, ms", statistic: Stats.MAXIMUM })],
        ),
      );
    }
  }
}
