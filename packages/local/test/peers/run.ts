/**
 * Holds the embedded AWS to what others built: runs the conformance tables against independent implementations, the
 * Lambda tests on AWS's own runtime client, and parity with Python; has the tools of SAM and of the Serverless Framework read
 * the samples that deploy without CDK; has an interpreter of Amazon States Language execute the state machine. Brings what
 * it needs into git-ignored directories.
 */
import { rmSync } from "node:fs";
import { mkdtemp, readFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { commandLine } from "../../../../scripts/command-line.ts";
import {
  obtainElasticMq,
  obtainPython,
  obtainRuntimeClient,
  obtainServerless,
  obtainStepFunctions,
  UnobtainableError,
} from "./obtain.ts";
import { PEERS_VARIABLE, type Peer } from "./peer.ts";
import { run, type Server, serve } from "./program.ts";

const usage = `Holds the embedded AWS, the stacks and the samples to what others built. It takes no options.

  npm run test:peers

DynamoDB Local is not brought along, because of its licence: start it yourself and name it in
LONGHAUL_DYNAMODB_LOCAL=http://127.0.0.1:8000.`;
commandLine(usage, {});

const here = import.meta.dirname;
const local = fileURLToPath(new URL("../..", import.meta.url));
const root = fileURLToPath(new URL("../../../..", import.meta.url));
const vitest = fileURLToPath(new URL("./vitest.mjs", import.meta.resolve("vitest/package.json")));

const total = { passed: 0, failed: 0 };
const skipped: string[] = [];
const servers: Server[] = [];
const scratch = await mkdtemp(join(tmpdir(), "longhaul-peers-"));
process.once("exit", () => rmSync(scratch, { recursive: true, force: true }));

try {
  // The build takes a processor for a minute; the rest continues beside it.
  const building = step("building aws-lambda-ric", obtainRuntimeClient);
  const [python, elasticMq, osls, stepFunctions] = await Promise.all([
    step("installing Python's boto3, moto and cfn-lint", obtainPython),
    step("fetching ElasticMQ", obtainElasticMq),
    step("installing the Serverless Framework", obtainServerless),
    step("installing an interpreter of Amazon States Language", obtainStepFunctions),
  ]);
  const peers: Peer[] = [];
  if (python !== undefined) {
    await step("starting moto", async () => {
      const server = await serve({ command: python, args: [join(here, "moto_server.py")], timeoutMs: 60_000 });
      servers.push(server);
      peers.push({ name: "moto", url: server.url });
    });
  }
  if (elasticMq !== undefined) {
    await step("starting ElasticMQ", async () => {
      const args = ["-cp", elasticMq, join(here, "ElasticMq.java")];
      const server = await serve({ command: "java", args, timeoutMs: 60_000 });
      servers.push(server);
      peers.push({ name: "ElasticMQ", url: server.url });
    });
  }
  const dynamoDbLocal = process.env.LONGHAUL_DYNAMODB_LOCAL;
  if (dynamoDbLocal) peers.push({ name: "DynamoDB Local", url: dynamoDbLocal });
  else
    skipped.push("DynamoDB Local: its licence asks for an AWS account; LONGHAUL_DYNAMODB_LOCAL names one that is up");

  if (peers.length > 0) {
    const args = ["--config", "test/peers/vitest.config.ts", "test/peers/conformance.peer.ts"];
    await tests("conformance tables on peers", local, args, { [PEERS_VARIABLE]: JSON.stringify(peers) });
  }
  const scores = ["--config", "test/peers/vitest.config.ts", "test/peers/recorded-answers.peer.ts"];
  await tests("AWS's own answers on peers", local, scores, { [PEERS_VARIABLE]: JSON.stringify(peers) });
  if (python !== undefined) {
    await tests("parity with Python", join(root, "parity"), [], { LONGHAUL_PEERS: "required" });
  }
  if (python !== undefined) {
    const args = ["--config", "test/peers/vitest.config.ts", "test/sam"];
    await tests("our SAM transform and AWS's own", local, args, { LONGHAUL_PYTHON: python });
  }
  if (python !== undefined) {
    const args = ["--config", "test/peers/vitest.config.ts", "test/python"];
    await tests("functions in Python", local, args, { LONGHAUL_PYTHON: python });
  }
  if (python !== undefined && stepFunctions !== undefined) {
    const args = ["--config", "test/peers/vitest.config.ts"];
    const env = { LONGHAUL_PYTHON: python, LONGHAUL_STEP_FUNCTIONS: stepFunctions };
    await tests(
      "every stack on cfn-lint, the apps' on moto, and the state machine executed",
      join(root, "packages/cdk"),
      args,
      env,
    );
  }
  if (python !== undefined && osls !== undefined) {
    // The samples bundle the package as it is published.
    const args = ["run", "build", "--workspace", "@longhaul/core"];
    await step("building @longhaul/core", () => run({ command: "npm", args, cwd: root, timeoutMs: 120_000 }, "keep"));
    await tests("samples without CDK", join(root, "examples"), ["--config", "test/without-cdk/vitest.config.ts"], {
      LONGHAUL_PYTHON: python,
      LONGHAUL_OSLS: osls,
    });
  }
  await step("AWS's own answers", async () => {
    const args = ["--conditions=longhaul-source", join(local, "test/recorded/score.ts")];
    const code = await run({ command: process.execPath, args, cwd: root, timeoutMs: 300_000 }, "show");
    if (code !== 0) throw new Error("an answer differs that is not known to.");
  });
  const runtimeClient = await building;
  if (runtimeClient !== undefined) {
    await tests("Lambda on aws-lambda-ric", local, ["test/lambda"], { LONGHAUL_RUNTIME_CLIENT: runtimeClient });
  }
} finally {
  await Promise.all(servers.map((server) => server.stop()));
}

for (const what of skipped) console.log(`skipped: ${what}`);
console.log(`${total.passed} passed, ${total.failed} failed`);
process.exitCode = total.failed > 0 ? 1 : 0;

/** Does something that others need; what is not to be had on this machine is skipped by name, any other trouble fails. */
async function step<T>(name: string, work: () => Promise<T>): Promise<T | undefined> {
  const begunMs = performance.now();
  try {
    const result = await work();
    console.log(`${name}: ${((performance.now() - begunMs) / 1000).toFixed(1)} s`);
    return result;
  } catch (error) {
    const message = `${name}: ${error instanceof Error ? error.message : error}`;
    if (error instanceof UnobtainableError) skipped.push(message);
    else {
      total.failed += 1;
      console.error(`failed: ${message}`);
    }
    return undefined;
  }
}

/** Runs tests, and adds up what came of them. */
async function tests(
  name: string,
  cwd: string,
  args: readonly string[],
  env: Readonly<Record<string, string>>,
): Promise<void> {
  console.log(`\n=== ${name}`);
  const report = join(scratch, `${name}.json`);
  await step(name, async () => {
    const reporters = ["--reporter=default", "--reporter=json", `--outputFile.json=${report}`];
    const command = { command: process.execPath, args: [vitest, "run", ...args, ...reporters], cwd, env };
    const code = await run({ ...command, timeoutMs: 240_000 }, "show");
    const { numPassedTests, numFailedTests } = JSON.parse(await readFile(report, "utf8")) as {
      readonly numPassedTests: number;
      readonly numFailedTests: number;
    };
    total.passed += numPassedTests;
    total.failed += numFailedTests;
    if (code !== 0 && numFailedTests === 0) throw new Error(`vitest ended with ${code}`);
  });
}
