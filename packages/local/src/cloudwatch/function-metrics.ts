import type { LambdaObserver } from "../lambda/lambda-events.ts";
import type { Metrics } from "./metrics.ts";
import { setOf } from "./statistic-set.ts";

/**
 * The metrics of the namespace `AWS/Lambda` that say how often, how long and how well functions ran, by function and
 * of all together. Each value lies in the minute in which it became known.
 *
 * @param nowSecond - the metric second it is.
 * @see https://docs.aws.amazon.com/lambda/latest/dg/monitoring-metrics-types.html
 */
export function publishFunctionMetrics(
  functions: Pick<LambdaObserver, "on">,
  metrics: Metrics,
  nowSecond: () => number,
): void {
  const put = (functionName: string, name: string, value: number, unit = "Count") => {
    for (const dimensions of [[{ name: "FunctionName", value: functionName }], []]) {
      metrics.put({ namespace: "AWS/Lambda", name, dimensions }, nowSecond(), setOf(value), { unit });
    }
  };
  functions.on("invoke.end", ({ functionName, status, durationMs }) => {
    put(functionName, "Invocations", 1);
    put(functionName, "Errors", status === "ok" ? 0 : 1);
    put(functionName, "Duration", durationMs, "Milliseconds");
  });
  functions.on("throttle", ({ functionName }) => put(functionName, "Throttles", 1));
  functions.on("dropped", ({ functionName, reason }) => {
    put(functionName, reason === "loop" ? "RecursiveInvocationsDropped" : "AsyncEventsDropped", 1);
  });
}
