/** A name and value by which metrics of one name are told apart. */
export interface Dimension {
  readonly name: string;
  readonly value: string;
}

/** The identity of a metric: each combination of namespace, name and dimensions is a metric of its own. */
export interface Metric {
  readonly namespace: string;
  readonly name: string;
  readonly dimensions: readonly Dimension[];
}

/** The same text for the same metric; the order of dimensions does not matter. */
export function metricKey({ namespace, name, dimensions }: Metric): string {
  const sorted = dimensions
    .map((dimension) => [dimension.name, dimension.value])
    .sort(([a = ""], [b = ""]) => (a < b ? -1 : 1));
  return JSON.stringify([namespace, name, sorted]);
}
