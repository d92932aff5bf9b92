import { describe, expect, it } from "vitest";
import { LocalMissingError, withLocal } from "./local-package.ts";

/** An error as Node throws it for an import that it does not find. */
const notFound = (name: string) =>
  Object.assign(new Error(`Cannot find package '${name}' imported from /app/run.mjs`), {
    code: "ERR_MODULE_NOT_FOUND",
  });

describe("what needs @longhaul/local", () => {
  it("is loaded", async () => {
    expect(await withLocal(async () => "loaded")).toBe("loaded");
  });

  it("says how to install the package if it is absent", async () => {
    const loading = withLocal(() => Promise.reject(notFound("@longhaul/local")));
    await expect(loading).rejects.toThrow(LocalMissingError);
    await expect(loading).rejects.toThrow("npm install --save-dev @longhaul/local");
  });

  it("fails as it is for any other reason", async () => {
    const other = notFound("esbuild");
    await expect(withLocal(() => Promise.reject(other))).rejects.toBe(other);
  });
});
