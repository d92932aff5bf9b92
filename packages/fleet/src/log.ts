/** Writes one line of JSON in Lambda's log format. */
export function log(level: "INFO" | "WARN" | "ERROR", message: string, fields: object): void {
  console.log(JSON.stringify({ level, message, ...fields }));
}

/** Fields of an error for the log: no stack, no message body. */
export function errorFields(error: unknown): { error: string; code?: string } {
  if (!(error instanceof Error)) return { error: String(error).slice(0, 300) };
  const code = "code" in error && typeof error.code === "string" ? { code: error.code } : {};
  return { error: `${error.name}: ${error.message}`.slice(0, 300), ...code };
}

/**
 * Writes a metric in CloudWatch's embedded metric format, in the namespace `Longhaul`.
 * https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/CloudWatch_Embedded_Metric_Format_Specification.html
 */
export function metric(name: string, value: number, dimensions: Readonly<Record<string, string>>): void {
  const Metrics = [{ Name: name, Unit: "Count" }];
  const CloudWatchMetrics = [{ Namespace: "Longhaul", Dimensions: [Object.keys(dimensions)], Metrics }];
  console.log(JSON.stringify({ _aws: { Timestamp: Date.now(), CloudWatchMetrics }, ...dimensions, [name]: value }));
}
