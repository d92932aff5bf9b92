import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type App, findApp } from "./app.ts";
import { AppError } from "./app-process.ts";

let directory: string;
beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), "longhaul-app-"));
});
afterAll(() => rm(directory, { recursive: true, force: true }));

let apps = 0;
/** A directory with this configuration; more files by their names. */
async function appWith(config: string, files: Readonly<Record<string, string>> = {}): Promise<string> {
  const app = join(directory, `app-${++apps}`);
  await mkdir(app);
  await writeFile(join(app, "longhaul.config.ts"), config);
  for (const [name, text] of Object.entries(files)) await writeFile(join(app, name), text);
  return app;
}

/** Works with an app, and ends its process afterwards. */
async function withApp<T>(
  path: string,
  work: (app: App) => T | Promise<T>,
  onLine?: (line: string) => void,
): Promise<T> {
  const app = await findApp(path, onLine);
  try {
    return await work(app);
  } finally {
    app.program.close();
  }
}

const exported = (config: object) => `export default ${JSON.stringify(config)};`;
const context = { inputPath: "", inputKey: "", files: [], run: "r", outputs: { A: "a" }, environment: {}, env: {} };

describe("an app on disk", () => {
  const least = { name: "fleet", functionOutput: "FunctionName" };

  it("says its name and its function, and where its input goes if it takes one", async () => {
    expect(await withApp(await appWith(exported(least)), ({ config }) => config)).toEqual(least);
    const taking = { ...least, inputBucketOutput: "BucketName", inputPrefix: "in/" };
    expect(await withApp(await appWith(exported(taking)), ({ config }) => config)).toEqual(taking);
  });

  it.each([
    ["nothing", "export const nothing = 0;", "name"],
    ["no function", exported({ name: "fleet" }), "functionOutput"],
    ["a bucket that is no text", exported({ ...least, inputBucketOutput: 7 }), "inputBucketOutput"],
    ["a prefix that is no text", exported({ ...least, inputPrefix: null }), "inputPrefix"],
  ])("is refused if it says %s", async (_, config, field) => {
    await expect(findApp(await appWith(config))).rejects.toThrow(`defineApp({ ${field}: "..." })`);
  });

  it("is looked for in the working directory if none is named", async () => {
    await expect(findApp(undefined)).rejects.toThrow(`No app at ${process.cwd()} or`);
  });
});

describe("an app's own code runs in a process of its own", () => {
  const start = `export default { name: "a", functionOutput: "F",`;

  it("which answers calls, with what it is told", async () => {
    const path = await appWith(
      `${start} startEvent: (outputs: object) => ({ outputs }), verify: async ({ run }: { run: string }) => ({ isOk: run === "r", message: run }),
        results: () => [{ table: "t", name: "t.ndjson" }] };`,
    );
    await withApp(path, async ({ program }) => {
      expect(program.can).toEqual({ startEvent: true, verify: true, results: true });
      expect(await program.startEvent({ A: "a" })).toEqual({ outputs: { A: "a" } });
      expect(await program.verify(context)).toEqual({ isOk: true, message: "r" });
      expect(await program.results(context)).toEqual([{ table: "t", name: "t.ndjson" }]);
    });
  });

  it("whose output is handed on line by line, in whatever way it is written", async () => {
    const lines: string[] = [];
    const path = await appWith(
      `import { writeSync } from "node:fs";
       console.log("loaded");
       ${start} verify: async () => { console.log("one"); console.error("two"); writeSync(1, "three\\n"); return { isOk: true, message: "" }; } };`,
    );
    await withApp(
      path,
      ({ program }) => program.verify(context),
      (line) => lines.push(line),
    );
    expect(lines.sort()).toEqual(["loaded", "one", "three", "two"]);
  });

  it("and before the answer of the function that printed it", async () => {
    let lines = 0;
    const path = await appWith(
      `${start} verify: async () => { for (let at = 0; at < 20_000; at++) console.log("line", at); return { isOk: true, message: "" }; } };`,
    );
    const read = ({ program }: App) => program.verify(context).then(() => lines);
    expect(await withApp(path, read, () => lines++)).toBe(20_000);
  });

  it("where a call that fails is an error, and one that ends the process too", async () => {
    const path = await appWith(
      `${start} verify: async () => { throw new Error("broken"); }, results: () => process.exit(3) };`,
    );
    await withApp(path, async ({ program }) => {
      await expect(program.verify(context)).rejects.toThrow(new AppError("broken"));
      await expect(program.results(context)).rejects.toThrow("The app's own code ended its process (exit 3).");
      await expect(program.verify(context)).rejects.toThrow("ended its process");
    });
  });

  it.each([
    [
      "TypeScript",
      "work.ts",
      "export const fine = 1;\nexport const work: number = ;",
      ":2:29: SyntaxError [ERR_INVALID_TYPESCRIPT_SYNTAX]: Expression expected",
    ],
    [
      "JavaScript",
      "work.mjs",
      "export const fine = 1;\nexport const work = ;",
      ":2:21: SyntaxError: Unexpected token ';'",
    ],
    [
      "an error while it is loaded",
      "work.mjs",
      'export const work = 1;\nthrow new TypeError("not now");',
      ":2:7: TypeError: not now",
    ],
  ])("a fault in a file that it imports is told with its place: %s", async (_, name, text, message) => {
    const path = await appWith(`import "./${name}";\n${exported({ name: "a", functionOutput: "F" })}`, {
      [name]: text,
    });
    await expect(findApp(path)).rejects.toThrow(`${join(path, name)}${message}`);
  });

  it("an import that is not there is told", async () => {
    await expect(findApp(await appWith('import "./absent.ts";'))).rejects.toThrow(/Cannot find module .*absent\.ts/);
  });
});
