import { describe, expect, it } from "vitest";
import { checkedFolder, packageNameOf, stackNameOf } from "./project-name.ts";

describe("a folder is checked before anything is written", () => {
  it.each([
    ["an empty name", "", "no name"],
    ["blanks", "  ", "no name"],
    ["a name that is an option", "--json", "dash"],
    ["a control character", "a\nb", "control characters"],
    ["a NUL", "a\0b", "control characters"],
    ["a home that only a shell knows", "~/app", "shell"],
    ["a path with a colon", "a:b", "colon"],
    ["the root", "/", "root"],
    ["a name without end", "a".repeat(2_000), "too long"],
  ])("refuses %s", (_, folder, reason) => {
    expect(() => checkedFolder(folder, "/work")).toThrow(
      expect.objectContaining({ code: "FOLDER_NAME", message: expect.stringContaining(reason) }),
    );
  });

  it.each([
    ["my app", "/work/my app"],
    [".", "/work"],
    ["../beside", "/beside"],
    ["/elsewhere/größe", "/elsewhere/größe"],
  ])("takes %s", (folder, path) => {
    expect(checkedFolder(folder, "/work")).toBe(path);
  });
});

describe("a package has a name that npm takes", () => {
  const taken = new Set(["vitest", "longhaul"]);

  it.each([
    ["/work/My App", "my-app"],
    ["/work/Größe & Co.", "gro-e-co"],
    ["/work/_hidden_", "hidden"],
    ["/work/vitest", "vitest-app"],
    ["/work/node_modules", "node_modules-app"],
    ["/work/s3-batch", "s3-batch"],
  ])("makes one from the folder %s", (folder, name) => {
    expect(packageNameOf(undefined, folder, taken)).toBe(name);
  });

  it.each([
    ["Upper", "lower-case"],
    ["a b", "lower-case"],
    ["../a", "lower-case"],
    ["@scope", "lower-case"],
    [".a", "lower-case"],
    ['a"; import "b', "lower-case"],
    ["node_modules", "for itself"],
    ["longhaul", "depends on"],
    ["a".repeat(215), "longer"],
  ])("refuses %j", (name, reason) => {
    expect(() => packageNameOf(name, "/work/app", taken)).toThrow(
      expect.objectContaining({ code: "PACKAGE_NAME", message: expect.stringContaining(reason) }),
    );
  });

  it("refuses a folder of which no letter is left", () => {
    expect(() => packageNameOf(undefined, "/work/写真", taken)).toThrow("--name");
  });

  it("takes a scope", () => {
    expect(packageNameOf("@acme/photos", "/work/app", taken)).toBe("@acme/photos");
  });
});

describe("a stack has a name that CloudFormation takes", () => {
  it.each([
    ["my-photos", "MyPhotos"],
    ["@acme/photos", "Photos"],
    ["2026.import", "App2026Import"],
    ["a".repeat(214), `A${"a".repeat(99)}`],
  ])("for the package %s", (name, stack) => {
    expect(stackNameOf(name)).toBe(stack);
  });
});
