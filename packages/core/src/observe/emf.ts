import type { Observer, RunEvent } from "./observer.ts";

/** Options of {@link emfObserver}. */
export interface EmfOptions {
  /** CloudWatch namespace. Default `"Longhaul"`. */
  readonly namespace?: string;
  /** Value of the one dimension, `service`. Default: the function's name. */
  readonly service?: string;
  readonly write?: (line: string) => void;
}

const UNITS: Readonly<Record<string, string>> = {
  Steps: "Count",
  HandOffMs: "Milliseconds",
  UnusedMs: "Milliseconds",
  CostUsd: "None",
  RunsDone: "Count",
  RunsStopped: "Count",
  RunsFailed: "Count",
  Errors: "Count",
};

function metricsOf(event: RunEvent): Readonly<Record<string, number>> | undefined {
  switch (event.type) {
    case "handoff":
      return { Steps: event.steps, HandOffMs: event.durationMs, UnusedMs: event.remainingMs };
    case "done":
      return { Steps: event.steps, RunsDone: 1, CostUsd: event.costUsd };
    case "stopped":
      return event.phase === "failed" ? { RunsFailed: 1 } : { RunsStopped: 1 };
    case "error":
      return { Errors: 1 };
    default:
      return undefined;
  }
}

/**
 * Writes metrics in CloudWatch's embedded metric format, from which CloudWatch Logs makes metrics without an API call.
 * https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/CloudWatch_Embedded_Metric_Format_Specification.html
 *
 * @example `recursive({ start, run, observers: [emfObserver({ namespace: "Imports" })] })`
 */
export function emfObserver(options: EmfOptions = {}): Observer {
  const { namespace = "Longhaul", write = console.log } = options;
  const service = options.service ?? process.env.AWS_LAMBDA_FUNCTION_NAME ?? "unknown";
  return {
    observe(event) {
      const metrics = metricsOf(event);
      if (!metrics) return;
      const definitions = Object.keys(metrics).map((Name) => ({ Name, Unit: UNITS[Name] }));
      const CloudWatchMetrics = [{ Namespace: namespace, Dimensions: [["service"]], Metrics: definitions }];
      write(
        JSON.stringify({
          _aws: { Timestamp: event.at, CloudWatchMetrics },
          service,
          run: event.run,
          hop: event.hop,
          ...metrics,
        }),
      );
    },
  };
}
