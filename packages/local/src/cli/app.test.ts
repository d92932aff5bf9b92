import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { findApp } from "./app.ts";
import { runCommand } from "./run.ts";

let directory: string;
beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), "longhaul-app-"));
});
afterAll(() => rm(directory, { recursive: true, force: true }));

let apps = 0;
async function appWith(config: object | undefined): Promise<string> {
  const app = join(directory, `app-${++apps}`);
  await mkdir(app);
  await writeFile(
    join(app, "longhaul.config.mjs"),
    config ? `export default ${JSON.stringify(config)};` : "export const nothing = 0;",
  );
  return app;
}

describe("an app on disk", () => {
  const least = { name: "fleet", functionOutput: "FunctionName" };

  it("says its name and its function, and where its input goes if it takes one", async () => {
    expect((await findApp(await appWith(least))).config).toEqual(least);
    const taking = { ...least, inputBucketOutput: "BucketName", inputPrefix: "in/" };
    expect((await findApp(await appWith(taking))).config).toEqual(taking);
  });

  it.each([
    ["nothing", undefined, "name"],
    ["no function", { name: "fleet" }, "functionOutput"],
    ["a bucket that is no text", { ...least, inputBucketOutput: 7 }, "inputBucketOutput"],
    ["a prefix that is no text", { ...least, inputPrefix: null }, "inputPrefix"],
  ])("is refused if it says %s", async (_, config, field) => {
    await expect(findApp(await appWith(config))).rejects.toThrow(`defineApp({ ${field}: "..." })`);
  });

  it("that takes no input cannot be run to an end", async () => {
    const run = runCommand.run({ positionals: [await appWith(least)], options: { input: "file" } });
    await expect(run).rejects.toThrow(
      "fleet takes no input, so it has no run that ends. Keep it running: longhaul dev.",
    );
  });
});
