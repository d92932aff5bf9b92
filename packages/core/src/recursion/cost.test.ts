import { expect, it } from "vitest";
import { ARM64_US_EAST_1, invocationCostUsd } from "./cost.ts";

it.each([
  { memoryMb: 1_024, usedMs: 1_000, usd: 0.0000133334 + 0.0000002 },
  { memoryMb: 128, usedMs: 900_000, usd: 0.0000133334 * 112.5 + 0.0000002 },
  { memoryMb: 10_240, usedMs: 0, usd: 0.0000002 },
])("an invocation costs memory x time + the request: $memoryMb MB for $usedMs ms", ({ memoryMb, usedMs, usd }) => {
  expect(invocationCostUsd(ARM64_US_EAST_1, memoryMb, usedMs)).toBeCloseTo(usd, 12);
});
