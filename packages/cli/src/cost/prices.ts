/** A list price, in US dollars, of us-east-1, without a free tier. */
export interface Price {
  readonly usd: number;
  /** The thing that it is for, to be read after "for". */
  readonly unit: string;
  /** The vendor's page. */
  readonly source: string;
  /** When it was looked up, and where. The vendor's pages show no prices without script, so others say them. */
  readonly seen: string;
}

/** Every price that the calculator uses. */
export const PRICES = {
  lambdaGbSecond: {
    usd: 0.0000133334,
    unit: "a GB of memory and second, arm64",
    source: "https://aws.amazon.com/lambda/pricing/",
    seen: "2026-11, the price that `guards.maxCostUsd` counts with",
  },
  lambdaRequest: {
    usd: 0.000_000_2,
    unit: "a request",
    source: "https://aws.amazon.com/lambda/pricing/",
    seen: "2026-11, the price that `guards.maxCostUsd` counts with",
  },
  durableOperation: {
    usd: 8 / 1_000_000,
    unit: "an operation of a durable function",
    source: "https://aws.amazon.com/lambda/pricing/",
    seen: "2026-11, in eight repositories that agree",
  },
  tableWrite: {
    usd: 0.625 / 1_000_000,
    unit: "a write of at most 1 KB, on demand",
    source: "https://aws.amazon.com/dynamodb/pricing/on-demand/",
    seen: "2026-11-30, in articles of 2025",
  },
  transition: {
    usd: 25 / 1_000_000,
    unit: "a transition of a Standard workflow",
    source: "https://aws.amazon.com/step-functions/pricing/",
    seen: "2026-11, in several articles",
  },
  fargateVcpuHour: {
    usd: 0.03238,
    unit: "a vCPU and hour, Linux on arm64",
    source: "https://aws.amazon.com/fargate/pricing/",
    seen: "2026-11-30, in articles of 2021 and 2026",
  },
  fargateGbHour: {
    usd: 0.00356,
    unit: "a GB of memory and hour, Linux on arm64",
    source: "https://aws.amazon.com/fargate/pricing/",
    seen: "2026-11-30, in articles of 2021 and 2026",
  },
  batchJob: {
    usd: 0.25,
    unit: "a job of S3 Batch Operations",
    source: "https://aws.amazon.com/s3/pricing/",
    seen: "2026-11-30, in an article of 2025",
  },
  batchObject: {
    usd: 1 / 1_000_000,
    unit: "an object of such a job",
    source: "https://aws.amazon.com/s3/pricing/",
    seen: "2026-11-30; no article that repeats it was found",
  },
} as const satisfies Readonly<Record<string, Price>>;

/** The month in which the prices were looked up, for people. */
export const LAST_SEEN = "November 2026";
