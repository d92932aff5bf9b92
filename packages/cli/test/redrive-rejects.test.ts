import { fileURLToPath } from "node:url";
import { outsideCredentials } from "@longhaul/local";
import { deployApp, type RunningApp, startApp } from "@longhaul/local/testing";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { carriedOut } from "./carried-out.ts";

const directory = fileURLToPath(new URL("../../s3-batch", import.meta.url));
const SKIP = { ON_BROKEN_RECORD: "skip" };

let app: RunningApp;
beforeAll(async () => {
  app = await startApp({ directory, environment: SKIP });
  vi.stubEnv("AWS_REGION", app.aws.region);
  vi.stubEnv("AWS_ACCESS_KEY_ID", outsideCredentials.accessKeyId);
  vi.stubEnv("AWS_SECRET_ACCESS_KEY", outsideCredentials.secretAccessKey);
});
afterAll(async () => {
  vi.unstubAllEnvs();
  await app?.close();
});

const rejectsOf = (name: string) => `s3://${app.outputs.OutputBucketName}/out/${name}.rejects.ndjson`;
const redrive = async (...argv: string[]) => {
  const access = ["--endpoint", app.aws.url, "--function", app.functionName];
  const { code, stdout, stderr } = await carriedOut("redrive", ...argv, "--json", ...access);
  return { code, stderr, answer: stdout.startsWith("{") ? JSON.parse(stdout) : stdout };
};

/** A number that no double holds: the function refuses its record until it is told to keep the text. */
const BIG = '{"id":2,"n":12345678901234567890}';

describe("redrive begins again the records of a rejects object", () => {
  it("of which the same function, deployed anew, makes a result of their own; asked again it does nothing", async () => {
    await app.put("in/a/cities.json", `[{"id":1},\n ${BIG},\n {"id":3}]`);
    expect(await app.runs.wait()).toMatchObject({ status: "done", result: { written: 2, rejected: 1 } });
    await deployApp(app.aws, { directory, functionOutput: "FunctionName", environment: { ...SKIP, NUMBERS: "text" } });

    const dry = await redrive(rejectsOf("a/cities.json"), "--dry-run");
    expect(dry).toMatchObject({ code: 0, answer: { action: "waits", records: 1, cut: 0 } });
    expect(app.keys().filter((key) => key.includes("redriven"))).toEqual([]);
    expect((await redrive(rejectsOf("a/cities.json"))).stderr).toMatch(/Begin again the 1 records of .* give --yes/);

    const { code, answer } = await redrive(rejectsOf("a/cities.json"), "--yes");
    expect({ code, answer }).toMatchObject({ code: 0, answer: { action: "put", records: 1 } });
    const runs = await app.runs.waitAll();
    expect(runs).toHaveLength(2);
    expect(runs[1]).toMatchObject({ status: "done", result: { written: 1, rejected: 0 } });
    const name = answer.object.key.replace("in/", "");
    expect(name).toMatch(/^a\/cities\.redriven-[0-9a-f]{16}\.ndjson$/);
    expect(await app.text(`out/${name}.ndjson`)).toBe(`${BIG}\n`);

    expect((await redrive(rejectsOf("a/cities.json"), "--yes")).answer).toMatchObject({ action: "none" });
    expect(await app.runs.waitAll()).toHaveLength(2);
  });

  it("of CSV with the header of its source", async () => {
    await app.put("in/rows.csv", "id,name\n1,a\n2,b,c\n3,d\n");
    await app.runs.waitAll();
    const { answer } = await redrive(rejectsOf("rows.csv"), "--yes");
    expect(await app.text(answer.object.key)).toBe("id,name\n2,b,c\n");
    const again = (await app.runs.waitAll()).at(-1);
    expect(again).toMatchObject({ status: "done", result: { written: 0, rejected: 1 } });
  });

  it("and says what it needs", async () => {
    await app.put("out/other.rejects.ndjson", '{"reason":"json","text":"1"}\n', { bucket: "OutputBucketName" });
    const unknown = await redrive(rejectsOf("other"), "--yes");
    const message = expect.stringMatching(/does not name its run/);
    expect(unknown.answer).toMatchObject({ error: { code: "REJECTS", message } });
    const source = `s3://${app.outputs.SourceBucketName}/in/rows.csv`;
    expect(await redrive(rejectsOf("other"), "--source", source, "--dry-run")).toMatchObject({
      ...{ code: 0, answer: { action: "waits", records: 1, source: { key: "in/rows.csv" } } },
    });
    expect((await redrive(source, "--source", source, "--yes")).answer).toMatchObject({ error: { code: "REJECTS" } });
    expect((await redrive("s3://bucket", "--yes")).stderr).toMatch(/^.*must be s3:\/\/BUCKET\/KEY/);
    expect((await redrive("failures", "--source", source)).stderr).toMatch(/--source is for a rejects object/);
  });
});
