import { ARM64_US_EAST_1 } from "@longhaul/core/parts";

/** The list price of a millisecond of a function on arm64 in us-east-1, in US dollars. Requests add about a hundredth. */
export function usdPerMs(memoryMb: number): number {
  return (memoryMb / 1_024) * (ARM64_US_EAST_1.usdPerGbSecond / 1_000);
}
