import { afterEach, describe, expect, it, vi } from "vitest";
import { findPython } from "./python.ts";

afterEach(() => void vi.unstubAllEnvs());

describe("Python runs the handlers in npm run test:peers alone", () => {
  it("npm test skips what needs it, on every machine, and says what runs it", () => {
    vi.stubEnv("LONGHAUL_PEERS", "");
    expect(findPython("boto3")).toEqual({ missing: "Python is for npm run test:peers" });
  });

  it.each([
    ["boto3", "no Python with boto3 from 1.28"],
    [undefined, "no Python from 3.9"],
  ] as const)("where it is required, a missing one is an error that says what is missing (%s)", (needs, what) => {
    vi.stubEnv("LONGHAUL_PEERS", "required");
    expect(() => findPython(needs, "/no/such/python")).toThrow(
      `there is ${what}, which LONGHAUL_PEERS=required asks for; npm run test:peers brings it.`,
    );
  });
});
