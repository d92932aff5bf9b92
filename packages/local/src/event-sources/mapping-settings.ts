import { invalidParameter } from "../lambda/lambda-error.ts";
import { compileMessageFilter } from "./message-filter.ts";

/** Settings of a mapping, given when it is made or changed later. */
export interface MappingSettings {
  /** Name or ARN, with or without version or alias. */
  readonly functionName?: string;
  /** Most messages of a batch, 1 to 10,000; above 10 a window is needed. @defaultValue 10 */
  readonly batchSize?: number;
  /** How long a batch may wait for more messages, in whole seconds up to 300. @defaultValue 0 */
  readonly maximumBatchingWindowSeconds?: number;
  /** @defaultValue true */
  readonly isEnabled?: boolean;
  /** The function answers which messages failed (`ReportBatchItemFailures`). @defaultValue false */
  readonly reportsBatchItemFailures?: boolean;
  /** Event patterns as JSON text; a message must match one of them. An empty list lets all pass. */
  readonly filterPatterns?: readonly string[];
  /** Most batches at a time, 2 to 1,000. `null` takes the limit away. */
  readonly maximumConcurrency?: number | null;
}

/** The settings of a mapping with every default filled in. */
export interface ResolvedMappingSettings {
  readonly batchSize: number;
  readonly windowSeconds: number;
  readonly isEnabled: boolean;
  readonly reportsBatchItemFailures: boolean;
  readonly filterPatterns: readonly string[];
  readonly maximumConcurrency: number | undefined;
}

const defaults: ResolvedMappingSettings = {
  batchSize: 10,
  windowSeconds: 0,
  isEnabled: true,
  reportsBatchItemFailures: false,
  filterPatterns: [],
  maximumConcurrency: undefined,
};

/**
 * Lays what is said over what holds, and refuses what Lambda refuses.
 *
 * @see https://docs.aws.amazon.com/lambda/latest/api/API_CreateEventSourceMapping.html
 * @throws LambdaError `InvalidParameterValueException` naming the setting.
 */
export function resolveSettings(said: MappingSettings, before = defaults): ResolvedMappingSettings {
  const batchSize = within("BatchSize", said.batchSize ?? before.batchSize, 1, 10_000);
  const window = said.maximumBatchingWindowSeconds ?? before.windowSeconds;
  const windowSeconds = within("MaximumBatchingWindowInSeconds", window, 0, 300);
  if (batchSize > 10 && windowSeconds < 1) {
    throw invalidParameter(
      `Maximum batch window in seconds must be greater than 0 if maximum batch size is greater than 10 (BatchSize is ${batchSize}).`,
    );
  }
  const filterPatterns = said.filterPatterns ?? before.filterPatterns;
  compileMessageFilter(filterPatterns);
  const concurrency = said.maximumConcurrency === undefined ? before.maximumConcurrency : said.maximumConcurrency;
  return {
    batchSize,
    windowSeconds,
    isEnabled: said.isEnabled ?? before.isEnabled,
    reportsBatchItemFailures: said.reportsBatchItemFailures ?? before.reportsBatchItemFailures,
    filterPatterns,
    maximumConcurrency:
      typeof concurrency === "number" ? within("MaximumConcurrency", concurrency, 2, 1_000) : undefined,
  };
}

function within(name: string, value: number, least: number, most: number): number {
  if (Number.isInteger(value) && value >= least && value <= most) return value;
  throw invalidParameter(`${name} is ${value}; it must be a whole number from ${least} to ${most}.`);
}
