import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import {
  LambdaClient,
  PutFunctionConcurrencyCommand,
  PutFunctionEventInvokeConfigCommand,
  PutFunctionRecursionConfigCommand,
} from "@aws-sdk/client-lambda";
import { RecursiveFunction, RunTable, stackOutputs } from "@longhaul/cdk";
import { type LocalAws, outsideCredentials, startLocalAws } from "@longhaul/local";
import { App, Stack } from "aws-cdk-lib";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { carriedOut } from "./carried-out.ts";

let directory: string;
let aws: LocalAws;
let lambda: LambdaClient;
let FunctionName: string;
beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), "longhaul-doctor-"));
  vi.stubEnv("AWS_REGION", "us-east-1");
  vi.stubEnv("AWS_ACCESS_KEY_ID", outsideCredentials.accessKeyId);
  vi.stubEnv("AWS_SECRET_ACCESS_KEY", outsideCredentials.secretAccessKey);
  const app = new App({ outdir: join(directory, "cdk.out") });
  const stack = new Stack(app, "Patient");
  const entry = join(import.meta.dirname, "../../../examples/src/store.ts");
  const worker = new RecursiveFunction(stack, "Worker", { entry, runTable: new RunTable(stack, "Runs") });
  stackOutputs(stack, { FunctionName: worker.function.functionName });
  app.synth();
  aws = await startLocalAws({ directory: join(directory, "aws") });
  lambda = new LambdaClient({ endpoint: aws.url, region: aws.region, credentials: outsideCredentials });
  ({ FunctionName = "" } = (await aws.deploy(app.outdir)).outputs);
});
afterAll(async () => {
  vi.unstubAllEnvs();
  lambda?.destroy();
  await aws?.stop();
  await rm(directory, { recursive: true, force: true });
});

const doctor = (...args: string[]) => carriedOut("doctor", FunctionName, "--endpoint", aws.url, ...args);
const bad = async () => {
  const { code, stdout } = await doctor("--json");
  const [{ findings }] = JSON.parse(stdout) as [{ findings: { level: string; check: string }[] }];
  return { code, bad: findings.flatMap(({ level, check }) => (level === "ok" ? [] : [`${level} ${check}`])) };
};

describe("longhaul doctor", () => {
  it("finds nothing in a stack of RecursiveFunction and RunTable", async () => {
    const { code, stdout, stderr } = await doctor();
    expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
    const [name, ...lines] = stdout.trimEnd().split("\n");
    expect(name).toBe(FunctionName);
    expect(lines).toHaveLength(9);
    expect(lines.every((line) => /^✓ [a-z ]+ {2}\S.*\.$/.test(line))).toBe(true);
  });

  it("says what somebody has changed since, and ends with 1", async () => {
    expect(await bad()).toEqual({ code: 0, bad: [] });
    await lambda.send(new PutFunctionEventInvokeConfigCommand({ FunctionName, MaximumRetryAttempts: 0 }));
    expect(await bad()).toEqual({ code: 0, bad: ["warning retries", "warning failures"] });
    await lambda.send(new PutFunctionRecursionConfigCommand({ FunctionName, RecursiveLoop: "Terminate" }));
    await lambda.send(new PutFunctionConcurrencyCommand({ FunctionName, ReservedConcurrentExecutions: 0 }));
    expect(await bad()).toEqual({
      code: 1,
      bad: ["error throttled", "error loop detection", "warning retries", "warning failures"],
    });
    expect((await doctor()).stdout).toContain(`-> longhaul revive ${FunctionName}`);
  });

  it("says that there is no such function", async () => {
    const { code, stderr } = await carriedOut("doctor", "nobody", "--endpoint", aws.url);
    expect(code).toBe(1);
    expect(stderr).toMatch(/nobody/);
  });
});
