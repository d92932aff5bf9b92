import { mkdir, mkdtemp, readdir, readFile, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { checkDataFile, writeProject } from "./write-project.ts";

let place: string;
let folder: string;
beforeEach(async () => {
  place = await mkdtemp(join(tmpdir(), "create-longhaul-"));
  folder = join(place, "app");
});
afterEach(() => rm(place, { recursive: true, force: true }));

const files = new Map([
  ["README.md", "new"],
  ["src/work.ts", "work"],
]);

describe("a folder that holds something is refused", () => {
  it("and is not touched", async () => {
    await mkdir(folder);
    await writeFile(join(folder, "mine"), "mine");
    await expect(writeProject(folder, files, [], false)).rejects.toMatchObject({ code: "FOLDER_NOT_EMPTY" });
    expect(await readdir(folder)).toEqual(["mine"]);
  });

  it("unless files may be replaced; others stay", async () => {
    await mkdir(folder);
    await writeFile(join(folder, "mine"), "mine");
    await writeFile(join(folder, "README.md"), "old");
    expect(await writeProject(folder, files, [], true)).toEqual(["README.md", "src/work.ts"]);
    expect((await readdir(folder)).sort()).toEqual(["README.md", "mine", "src"]);
    expect(await readFile(join(folder, "README.md"), "utf8")).toBe("new");
  });

  it("but one with a fresh git repository is empty", async () => {
    await mkdir(join(folder, ".git"), { recursive: true });
    await writeProject(folder, files, [], false);
    expect(await readFile(join(folder, "src/work.ts"), "utf8")).toBe("work");
  });

  it("and a folder that cannot be made is named", async () => {
    await symlink(join(place, "nowhere"), folder);
    await expect(writeProject(folder, files, [], true)).rejects.toMatchObject({ code: "FOLDER_NAME" });
    expect(await readdir(place)).toEqual(["app"]);
  });

  it("and so is a file", async () => {
    await writeFile(folder, "");
    await expect(writeProject(folder, files, [], true)).rejects.toMatchObject({ code: "FOLDER_NAME" });
  });
});

describe("nothing is written outside of the folder", () => {
  it("by a folder in it that is a link", async () => {
    await mkdir(join(place, "elsewhere"));
    await mkdir(folder);
    await symlink(join(place, "elsewhere"), join(folder, "src"));
    await expect(writeProject(folder, files, [], true)).rejects.toMatchObject({ code: "FOLDER_LINK" });
    expect(await readdir(join(place, "elsewhere"))).toEqual([]);
    expect(await readdir(folder)).toEqual(["src"]);
  });

  it("by a file in it that is a link", async () => {
    await writeFile(join(place, "precious"), "precious");
    await mkdir(folder);
    await symlink(join(place, "precious"), join(folder, "README.md"));
    await expect(writeProject(folder, files, [], true)).rejects.toMatchObject({ code: "FOLDER_LINK" });
    expect(await readFile(join(place, "precious"), "utf8")).toBe("precious");
  });

  it.each(["../a", "/a", "a/../../b", "a//b", "a\\..\\b"])("by a template with the path %s", async (path) => {
    await expect(writeProject(folder, new Map([[path, ""]]), [], false)).rejects.toThrow("leads out");
    expect(await readdir(place)).toEqual([]);
  });
});

describe("a data file is checked before anything is written", () => {
  it.each([
    ["one of another kind", "a.png", "end with .csv"],
    ["one that is not there", "none.csv", "no such file"],
    ["a folder", "folder.csv", "not a file"],
    ["an empty one", "empty.csv", "empty"],
    ["a name with a backslash", "a\\b.csv", "character"],
    ["a name with a line end", "a\nb.csv", "character"],
  ])("%s is refused", async (_, file, reason) => {
    await mkdir(join(place, "folder.csv"));
    await writeFile(join(place, "empty.csv"), "");
    await expect(checkDataFile(file, place, [".csv"])).rejects.toMatchObject({
      code: "DATA_FILE",
      message: expect.stringContaining(reason),
    });
  });

  it("one with content is copied below the project", async () => {
    await writeFile(join(place, "a.csv"), "id\n1\n");
    const from = await checkDataFile("a.csv", place, [".csv"]);
    expect(await writeProject(folder, files, [{ from, to: "sample/a.csv" }], false)).toContain("sample/a.csv");
    expect(await readFile(join(folder, "sample/a.csv"), "utf8")).toBe("id\n1\n");
  });

  it("one that is in its place already stays", async () => {
    await mkdir(join(folder, "sample"), { recursive: true });
    await writeFile(join(folder, "sample/a.csv"), "mine");
    const from = await checkDataFile("app/sample/a.csv", place, [".csv"]);
    await writeProject(folder, files, [{ from, to: "sample/a.csv" }], true);
    expect(await readFile(join(folder, "sample/a.csv"), "utf8")).toBe("mine");
  });
});
