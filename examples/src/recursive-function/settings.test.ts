import { mkdtemp, rm } from "node:fs/promises";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { CreateBucketCommand, PutObjectCommand, S3Client } from "@aws-sdk/client-s3";
import { type LocalAws, outsideCredentials, startLocalAws } from "@longhaul/local";
import { build } from "esbuild";
import { afterAll, beforeAll, describe, expect, it } from "vitest";

const tasks = Array.from({ length: 20 }, (_, at) => `task-${at}`);
/** Tasks that a function asked for, by the function's name. */
const asked = new Map<string, string[]>();
const server = createServer((request, response) => {
  const [, name = "", task = ""] = (request.url ?? "").split("/");
  asked.set(name, [...(asked.get(name) ?? []), task]);
  response.end();
});

let aws: LocalAws;
let codeDirectory: string;
beforeAll(async () => {
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  codeDirectory = await mkdtemp(join(tmpdir(), "longhaul-before-"));
  await build({
    entryPoints: [join(import.meta.dirname, "before.ts")],
    outfile: join(codeDirectory, "index.mjs"),
    bundle: true,
    platform: "node",
    format: "esm",
    banner: { js: 'import { createRequire } from "node:module"; const require = createRequire(import.meta.url);' },
  });
  aws = await startLocalAws();
  const s3 = new S3Client({
    region: aws.region,
    endpoint: aws.url,
    credentials: outsideCredentials,
    forcePathStyle: true,
  });
  await s3.send(new CreateBucketCommand({ Bucket: "tasks" }));
  await s3.send(new PutObjectCommand({ Bucket: "tasks", Key: "file.json", Body: JSON.stringify({ tasks }) }));
});
afterAll(async () => {
  await aws.stop();
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
  await rm(codeDirectory, { recursive: true });
});

/** Deploys the old function with a timeout of its reserve, so that each hop does one task; answers with what was done. */
async function run(name: string, settings: { recursiveLoop?: "Allow" }): Promise<readonly string[] | undefined> {
  const port = (server.address() as AddressInfo).port;
  await aws.lambda.createFunction({
    name,
    codeDirectory,
    runtime: "nodejs24.x",
    roleArn: "arn:aws:iam::000000000000:role/worker",
    timeoutSeconds: 10,
    environment: { TASKS_URL: `http://127.0.0.1:${port}/${name}` },
    ...settings,
  });
  const payload = JSON.stringify({ Records: [{ s3: { bucket: { name: "tasks" }, object: { key: "file.json" } } }] });
  await aws.lambda.invoke({ functionName: name, invocationType: "Event", payload });
  await aws.lambda.idle();
  return asked.get(name);
}

describe("step 1 changes settings, and no code", () => {
  it("before it, Lambda ends a run after 16 invocations, and nobody is told", async () => {
    expect(await run("as-it-was", {})).toEqual(tasks.slice(0, 16));
  });

  it("after it, the run goes to its end", async () => {
    expect(await run("allowed", { recursiveLoop: "Allow" })).toEqual(tasks);
  });
});
