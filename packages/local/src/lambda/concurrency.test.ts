import { describe, expect, it } from "vitest";
import { refusal } from "./concurrency.ts";

const NONE = { functionInFlight: 0, reserved: undefined, unreservedInFlight: 0, totalReserved: 0, accountLimit: 1000 };

describe("refusal", () => {
  it.each([
    ["room in the account", {}, undefined],
    ["room in the function's share", { reserved: 2, functionInFlight: 1 }, undefined],
    ["the share used up", { reserved: 2, functionInFlight: 2 }, "ReservedFunctionConcurrentInvocationLimitExceeded"],
    ["a share of 0", { reserved: 0 }, "ReservedFunctionConcurrentInvocationLimitExceeded"],
    ["a full account, but a share", { reserved: 1, unreservedInFlight: 1000 }, undefined],
    ["a full account", { unreservedInFlight: 1000 }, "ConcurrentInvocationLimitExceeded"],
    [
      "an account reserved for others",
      { unreservedInFlight: 10, totalReserved: 990 },
      "ConcurrentInvocationLimitExceeded",
    ],
  ])("%s", (_, state, reason) => {
    expect(refusal({ ...NONE, ...state })).toBe(reason);
  });
});
