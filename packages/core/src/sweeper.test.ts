import { afterEach, describe, expect, it, vi } from "vitest";
import { handler } from "./sweeper.ts";

const sweep = () => handler({}, { getRemainingTimeInMillis: () => 60_000 });

afterEach(() => void vi.unstubAllEnvs());

describe("a sweeper that somebody deploys by hand says which variable is wrong", () => {
  it.each([
    [{}, "LONGHAUL_RUN_TABLE is not set"],
    [{ LONGHAUL_RUN_TABLE: "runs" }, "LONGHAUL_RESUME_AFTER_MS is not set"],
    [{ LONGHAUL_RUN_TABLE: "runs", LONGHAUL_RESUME_AFTER_MS: "1 minute" }, "LONGHAUL_RESUME_AFTER_MS must be a number"],
    [
      { LONGHAUL_RUN_TABLE: "runs", LONGHAUL_RESUME_AFTER_MS: "0" },
      "LONGHAUL_RESUME_AFTER_MS must be a number above 0",
    ],
  ])("%o", async (environment, message) => {
    for (const [name, value] of Object.entries(environment)) vi.stubEnv(name, value);
    await expect(sweep()).rejects.toThrow(
      expect.objectContaining({ code: "CONFIG", message: expect.stringContaining(message) }),
    );
  });
});
