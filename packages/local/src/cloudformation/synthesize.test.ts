import { existsSync } from "node:fs";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { SynthesisError, synthesize } from "./synthesize.ts";

let directory: string;
beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), "longhaul-synthesize-"));
});
afterAll(() => rm(directory, { recursive: true, force: true }));

/** Runs a program as if it were a CDK program. */
async function running(source: string, more: Partial<Parameters<typeof synthesize>[0]> = {}): Promise<string> {
  await writeFile(join(directory, "app.mjs"), source);
  return synthesize({ directory, program: ["app.mjs"], outdir: join(directory, "out"), ...more });
}

/** Writes into the assembly what it was told. */
const TOLD = `
  import { writeFileSync } from "node:fs";
  const { CDK_OUTDIR, CDK_CONTEXT_JSON, STAGE } = process.env;
  const told = { context: JSON.parse(CDK_CONTEXT_JSON), args: process.argv.slice(2), STAGE, cwd: process.cwd() };
  writeFileSync(CDK_OUTDIR + "/told.json", JSON.stringify(told));
`;

async function told(outdir: string): Promise<Record<string, unknown>> {
  return JSON.parse(await readFile(join(outdir, "told.json"), "utf8"));
}

describe("a CDK program is run as cdk synth runs it", () => {
  it("in its directory, with a directory to write to, arguments, context and environment", async () => {
    const outdir = join(directory, "new", "cdk.out");
    const more = { program: ["app.mjs", "--all"], context: { sizes: [1, 2] }, environment: { STAGE: "test" } };
    expect(await running(TOLD, { outdir, ...more })).toBe("");
    expect(await told(outdir)).toMatchObject({ args: ["--all"], context: { sizes: [1, 2] }, STAGE: "test" });
    expect(basename(String((await told(outdir)).cwd))).toBe(basename(directory));
  });

  it("without any of these, context is empty", async () => {
    await running(TOLD);
    expect(await told(join(directory, "out"))).toMatchObject({ args: [], context: {} });
  });

  it("with options of Node", async () => {
    const program = ["--no-warnings", "app.mjs"];
    expect(await running("process.stdout.write(process.execArgv.join());", { program })).toBe("--no-warnings");
  });
});

describe("what a CDK program prints", () => {
  it("is the answer, of both streams", async () => {
    expect(await running('console.log("a ✓"); console.error("b");')).toMatch(/^(?:a ✓\nb\n|b\na ✓\n)$/);
  });

  it("is kept to its end only", async () => {
    const printed = await running('process.stdout.write("x".repeat(50_000) + "the end");');
    expect(printed).toHaveLength(8_000);
    expect(printed).toMatch(/x+the end$/);
  });

  it("is in the error if it fails, with how it ended", async () => {
    const failure = running('console.error("no such stack"); process.exit(3);');
    await expect(failure).rejects.toThrow(SynthesisError);
    const name = basename(directory);
    await expect(failure).rejects.toThrow(`Synthesizing ${name} failed (exit 3):\nno such stack`);
    await expect(failure).rejects.toMatchObject({ code: "Synthesis", printed: "no such stack\n" });
    await expect(running('process.kill(process.pid, "SIGKILL");')).rejects.toThrow("(SIGKILL)");
  });

  it("is nothing if there is no such directory, which is an error", async () => {
    const nowhere = join(directory, "nowhere");
    await expect(running("", { directory: nowhere })).rejects.toThrow(/Synthesizing nowhere failed .*ENOENT/);
    expect(existsSync(nowhere)).toBe(false);
  });
});
