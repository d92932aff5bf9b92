import { afterEach, describe, expect, it, vi } from "vitest";
import { findPython } from "./python.ts";

afterEach(() => void vi.unstubAllEnvs());

describe("where there is no Python that can run the handlers", () => {
  it.each([
    ["boto3", "no Python with boto3 from 1.28"],
    [undefined, "no Python from 3.9"],
  ] as const)("the reason to skip says what is missing, and what brings it (%s)", (needs, what) => {
    vi.stubEnv("LONGHAUL_PEERS", "");
    const found = findPython(needs, "/no/such/python");
    expect(found).toEqual({ missing: `there is ${what} (npm run test:peers brings it)` });
  });

  it("it is an error where the peers are required", () => {
    vi.stubEnv("LONGHAUL_PEERS", "required");
    expect(() => findPython("boto3", "/no/such/python")).toThrow("LONGHAUL_PEERS=required");
  });
});
