import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { constantIn, versionsPage } from "./versions.ts";

const FORMATS = { envelope: 3, record: 4 };

describe("the page of versions", () => {
  it("has each package with what it needs, and tells optional peers apart", () => {
    const page = versionsPage(
      [
        {
          name: "@longhaul/core",
          version: "1.2.3",
          engines: { node: ">=22.12" },
          peerDependencies: { needed: "^3.0.0", optional: ">=1 <2" },
          peerDependenciesMeta: { optional: { optional: true } },
        },
      ],
      FORMATS,
    );
    expect(page).toContain("| `@longhaul/core` | 1.2.3 | &gt;=22.12 | `needed` ^3.0.0, (`optional` &gt;=1 &lt;2) |");
    expect(page).not.toContain("no release yet");
  });

  it("says that there was no release yet, until there was one", () => {
    expect(versionsPage([{ name: "a", version: "0.0.0" }], FORMATS)).toContain("no release yet");
  });

  it("has the versions of the formats", () => {
    const page = versionsPage([], FORMATS);
    expect(page).toContain("`longhaul.v` of the event | 3 |");
    expect(page).toContain("its `v` | 4 |");
  });

  it("is refused where the code has no such version any more", () => {
    expect(constantIn("export const A = 7;", "A")).toBe(7);
    expect(() => constantIn("const A = 7;", "B")).toThrow("There is no number B any more.");
  });

  it("is not committed, because it is made", () => {
    const ignored = readFileSync(new URL("../.gitignore", import.meta.url), "utf8");
    expect(ignored).toContain("src/content/docs/reference/versions.md\n");
  });
});
