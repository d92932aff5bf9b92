import { describe, expect, it } from "vitest";
import { served, structure } from "../src/gateway/inputs.ts";
import { servedPage } from "./served/page.ts";
import { restrictedInputs, unservedPaths } from "./served/unserved.ts";

describe("the page of what is served", () => {
  it("is what the services' own lists say: npx vitest run test/served-page.test.ts --update", async () => {
    await expect(servedPage()).toMatchFileSnapshot("../../../docs/embedded-aws-served.md");
  });

  it("names what AWS's client knows and a list does not have, however deep", () => {
    const member = (name: string, shape: object) => ({ name, wireName: name, shape }) as never;
    const inner = { kind: "structure", members: [member("A", { kind: "simple" }), member("B", { kind: "simple" })] };
    const members = [member("Entries", { kind: "list", itemName: "member", of: inner }), member("Other", inner)];
    const inputs = { Entries: { kind: "list", of: structure({ A: served }) } } as const;
    expect(unservedPaths(members, inputs)).toEqual(["Entries[].B", "Other"]);
  });

  it("gives the reason of what is accepted without effect", () => {
    expect(restrictedInputs({ A: structure({ B: { kind: "harmless", why: "one machine" } }), C: served })).toEqual([
      { path: "A.B", values: [], why: "one machine" },
    ]);
  });
});
