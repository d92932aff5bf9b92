/** Prices of Lambda, in US dollars. */
export interface Pricing {
  /** For each GB (1,024 MB) of memory and second of duration. */
  readonly usdPerGbSecond: number;
  /** For each request. */
  readonly usdPerRequest: number;
}

/**
 * The first-tier list price of arm64 functions in us-east-1, without the free tier: https://aws.amazon.com/lambda/pricing/
 */
export const ARM64_US_EAST_1: Pricing = { usdPerGbSecond: 0.0000133334, usdPerRequest: 0.0000002 };

/** Estimated cost of one invocation in US dollars: memory x time + the request. */
export function invocationCostUsd(pricing: Pricing, memoryMb: number, usedMs: number): number {
  return (memoryMb / 1024) * (usedMs / 1000) * pricing.usdPerGbSecond + pricing.usdPerRequest;
}
