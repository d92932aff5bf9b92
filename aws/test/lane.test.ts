import { spawn } from "node:child_process";
import { once } from "node:events";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { text } from "node:stream/consumers";
import { fileURLToPath } from "node:url";
import { type LocalAws, startLocalAws } from "@longhaul/local";
import { byPolicies } from "@longhaul/local/testing";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";

const MAIN = fileURLToPath(new URL("../src/main.ts", import.meta.url));
const CDK = fileURLToPath(new URL("cdk.ts", import.meta.url));

let aws: LocalAws;
let control: Server;
/** Requests to the lane's cdk command, and the objects that were left when a stack was deleted. */
let asked: { readonly verb: string; readonly app: string; readonly leftKeys?: readonly string[] }[];
/** Changes the outputs of a stack. */
let changed: (outputs: Readonly<Record<string, string>>) => Readonly<Record<string, string>>;
/** Whether a stack can be deleted. */
let canDelete: boolean;

beforeAll(async () => {
  const allowed = byPolicies(() => aws);
  aws = await startLocalAws({ authorize: allowed });
  const outputsOf = new Map<string, Readonly<Record<string, string>>>();
  control = createServer(async (request, response) => {
    const { verb, stack, assembly } = JSON.parse(await text(request)) as Record<string, string>;
    const app = stack?.replace(/^LonghaulTest-(.+)-[0-9a-f]{6}$/, "$1") ?? "";
    if (verb === "deploy") {
      asked.push({ verb, app });
      const { outputs } = await aws.deploy(assembly ?? "");
      outputsOf.set(app, outputs);
      response.end(JSON.stringify(changed(outputs)));
      return;
    }
    const buckets = aws.s3.listBuckets().filter((name) => Object.values(outputsOf.get(app) ?? {}).includes(name));
    asked.push({ verb: verb ?? "", app, leftKeys: buckets.flatMap((bucket) => aws.s3.listKeys(bucket)) });
    response.writeHead(canDelete ? 200 : 500).end();
  }).listen(0, "127.0.0.1");
  await once(control, "listening");
});
beforeEach(() => {
  asked = [];
  changed = (outputs) => outputs;
  canDelete = true;
});
afterAll(async () => {
  control?.close();
  await aws?.stop();
});

async function lane(...args: string[]) {
  const cdk = ["--cdk", `${process.execPath} --conditions=longhaul-source ${CDK}`];
  const { port } = control.address() as AddressInfo;
  const env = { ...process.env, ...aws.env(), CONTROL_URL: `http://127.0.0.1:${port}`, CDK_VALIDATION: "false" };
  const argv = ["--conditions=longhaul-source", MAIN, ...args, "--endpoint", aws.url, ...cdk];
  const child = spawn(process.execPath, argv, { env, stdio: ["ignore", "pipe", "pipe"] });
  const [stdout, stderr, [code]] = await Promise.all([text(child.stdout), text(child.stderr), once(child, "exit")]);
  return { code, stdout, stderr };
}

describe("npm run test:aws", () => {
  it("tries each app in a stack of its own, over the SDK alone, and deletes it with all data", async () => {
    const { code, stdout, stderr } = await lane("--yes");
    expect({ code, stdout, stderr }).toMatchObject({ code: 0, stdout: expect.stringMatching(/All is well: 4 apps\./) });
    expect(asked).toEqual(
      ["s3-batch", "sqs-file", "bucket-walker", "queue-loops"].flatMap((app) => [
        { verb: "deploy", app },
        { verb: "destroy", app, leftKeys: [] },
      ]),
    );
  });

  it("does not begin without a yes, and says what it would do", async () => {
    const { code, stdout, stderr } = await lane("s3-batch");
    expect({ code, asked }).toEqual({ code: 2, asked: [] });
    expect(stdout).toMatch(/^account {3}000000000000, as arn:aws:iam::/);
    expect(stdout).toMatch(/^region {4}us-east-1, at http:/m);
    expect(stdout).toMatch(/^price {5}at most 0\.0\d US dollars/m);
    expect(stdout).toMatch(/^cleaning .*also after a failure/m);
    expect(stderr).toMatch(/Begin\? Nobody can answer here: give --yes/);
  });

  it("deletes the stack of an app that fails, too", async () => {
    changed = (outputs) => ({ ...outputs, FunctionName: "another" });
    const { code, stdout } = await lane("bucket-walker", "--yes");
    expect(code).toBe(1);
    expect(stdout).toMatch(/^FAILED {2}bucket-walker does its work on each object/m);
    expect(asked.at(-1)).toEqual({ verb: "destroy", app: "bucket-walker", leftKeys: [] });
  });

  it("names a stack that could not be deleted, and the command for it", async () => {
    canDelete = false;
    const { code, stdout } = await lane("bucket-walker", "--yes");
    expect(code).toBe(1);
    expect(stdout).toMatch(
      /^LEFT {4}LonghaulTest-bucket-walker-[0-9a-f]{6} could not be deleted: .* delete-stack --stack-name L/m,
    );
  });

  it.each([
    [["s4-batch"], /There is no app "s4-batch"/],
    [["--speed", "9"], /Unknown option '--speed'/],
  ])("refuses %j", async (args, message) => {
    const { code, stderr } = await lane(...args);
    expect({ code, asked }).toEqual({ code: 2, asked: [] });
    expect(stderr).toMatch(message);
  });
});
