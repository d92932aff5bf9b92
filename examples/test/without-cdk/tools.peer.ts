import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type Deployable, runDeployed } from "./deployed-run.ts";
import { needsOfConstruct } from "./needs-of-construct.ts";
import { needsOfTemplate, type Template } from "./needs-of-template.ts";
import { program } from "./program.ts";
import { makeProject } from "./project.ts";

/** The tools, as `npm run test:peers` brings them. */
const { LONGHAUL_PYTHON: python = "", LONGHAUL_OSLS: osls = "" } = process.env;
const terraform = await program("terraform", ["version"], tmpdir()).catch(() => undefined);
const orders = Array.from({ length: 120 }, (_, at) => `order-${at}`);

let folder: string;
beforeAll(async () => {
  folder = await makeProject();
});
afterAll(() => rm(folder, { recursive: true, force: true }));

const deployables: Record<"SAM" | "Serverless Framework", () => Promise<Deployable>> = {
  async SAM() {
    const objectKey = "code";
    const translate = join(import.meta.dirname, "translate.py");
    const template = JSON.parse(await program(python, [translate, "template.yaml", objectKey], folder)) as Template;
    return { template, worker: "Worker", sweeper: "Sweeper", objectKey, code: join(folder, "dist") };
  },
  async "Serverless Framework"() {
    await program(osls, ["package"], folder);
    const packaged = join(folder, ".serverless");
    const text = await readFile(join(packaged, "cloudformation-template-update-stack.json"), "utf8");
    const template = JSON.parse(text) as Template;
    const objectKey: string = template.Resources.WorkerLambdaFunction?.Properties.Code.S3Key;
    const ids = { worker: "WorkerLambdaFunction", sweeper: "SweeperLambdaFunction" };
    return { template, ...ids, objectKey, code: join(packaged, "orders.zip") };
  },
};

it("cfn-lint finds nothing in template.yaml", async () => {
  expect(await program(join(dirname(python), "cfn-lint"), ["template.yaml"], folder)).toBe("");
});

it.skipIf(terraform === undefined)(
  "terraform fmt changes nothing in main.tf; skipped where there is no terraform",
  async () => {
    expect(await program("terraform", ["fmt", "-check", "-diff", "main.tf"], folder)).toBe("");
  },
);

describe.each(["SAM", "Serverless Framework"] as const)("the sample of %s", (tool) => {
  it("gives what the constructs give, as the tool makes CloudFormation of it", async () => {
    const { template } = await deployables[tool]();
    expect(needsOfTemplate(template)).toStrictEqual(needsOfConstruct());
  });

  it("runs to its end, by the permissions that it states, though an event is lost", async () => {
    const assembly = await mkdtemp(join(folder, "assembly-"));
    const run = await runDeployed(await deployables[tool](), assembly, orders);
    expect(run).toEqual({
      status: "done",
      result: orders.length,
      hops: expect.any(Number),
      charged: orders,
      lostEvents: 1,
    });
    expect(run.hops).toBeGreaterThan(3);
  });
});
