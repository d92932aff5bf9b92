import { cp, mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { DynamoDBClient } from "@aws-sdk/client-dynamodb";
import { PutObjectCommand } from "@aws-sdk/client-s3";
import { runClient } from "@longhaul/core/client";
import { dynamodbRunStore } from "@longhaul/core/dynamodb";
import { type Deployment, type LocalAws, outsideCredentials, startLocalAws } from "@longhaul/local";
import { recordPermissions, synthesize } from "@longhaul/local/testing";
import { permissionReport, type RoleReport } from "../../src/iam/permission-report.ts";
import { clientFor } from "../../src/local/upload.ts";

/** An app on an embedded AWS, in which a minute of schedules passes in a second. */
export interface StackCloud {
  readonly aws: LocalAws;
  readonly outputs: Readonly<Record<string, string>>;
  /** Makes Lambda lose events: those of which this says so. */
  loses: (payload: string) => boolean;
  put(bucketOutput: string, key: string, text: string): Promise<void>;
  /** Invokes a function by the name of its output, and waits for its answer. */
  call(output: string, event?: object): Promise<void>;
  send(queueOutput: string, body: object): void;
  /** Begins a run whose first event is lost, and waits until the sweeper sends it again. */
  lost(event: object): Promise<void>;
  /** The number of calls of an action by functions whose roles have this in their names. */
  calls(role: RegExp, action: string): number;
  /** Waits for something by looking at it. */
  until(what: string, holds: () => boolean | Promise<boolean>): Promise<void>;
  /** Waits until each run, of as many as are named, is over. */
  over(runs: number): Promise<void>;
  /** The calls so far against the permissions of the template. */
  report(rare?: readonly string[]): readonly RoleReport[];
  /** The statements of the template's policies. */
  statements(): Promise<readonly TemplateStatement[]>;
  /** The same calls against the permissions of the template without one of its statements. */
  reportWithout(statement: TemplateStatement): Promise<readonly RoleReport[]>;
  stop(): Promise<void>;
}

/** A statement in the JSON of a template. */
export interface TemplateStatement {
  readonly policy: string;
  readonly at: number;
  readonly actions: readonly string[];
}

interface Template {
  readonly Resources: Record<
    string,
    {
      readonly Type: string;
      readonly Properties: { readonly PolicyDocument: { readonly Statement: { Action: string | string[] }[] } };
    }
  >;
}

const PATIENCE_MS = 120_000;

/** Synthesizes the stack of an app, and deploys it. */
export async function startStackCloud(
  app: string,
  settings: {
    readonly context?: Readonly<Record<string, unknown>>;
    readonly environment?: Readonly<Record<string, string>>;
    readonly beforeListMs?: number;
  },
): Promise<StackCloud> {
  const directory = await mkdtemp(join(tmpdir(), "longhaul-permissions-"));
  const assembly = join(directory, "assembly");
  await synthesize({
    directory: fileURLToPath(new URL(`../../../${app}`, import.meta.url)),
    program: ["--conditions=longhaul-source", "infra/app.ts"],
    outdir: assembly,
    context: { data: "delete", ...settings.context },
  });
  const record = recordPermissions(() => aws, { isEnforced: false });
  const aws: LocalAws = await startLocalAws({
    directory,
    authorize: record.authorize,
    scheduleScale: 60,
    s3: { slow: { beforeListMs: settings.beforeListMs ?? 0 } },
    lambda: { timeScale: 1 / 2_000, faults: { deliveries: ({ payload }) => (cloud.loses(payload) ? [] : [0]) } },
    // Lost events of runs are told by the runs.
    onProblem: () => {},
  });
  const environment = { LONGHAUL_RESUME_AFTER_MS: "1000", ...settings.environment };
  const deploy = (path: string) => aws.deploy(path, { functionOverrides: { "*": { environment } } });
  const { outputs, stacks } = await deploy(assembly);
  const invoked = new Set<string>();
  aws.lambda.on("invoke.start", ({ functionName }) => void invoked.add(functionName));

  const access = { endpoint: aws.url, region: aws.region, credentials: outsideCredentials };
  const [s3, dynamodb] = [clientFor(aws.env()), new DynamoDBClient(access)];
  const named = (output: string) => outputs[output] ?? "";
  const runs = () =>
    runClient({
      store: dynamodbRunStore({ tableName: named("RunTableName"), client: dynamodb }),
      driver: { name: "lost", maxBytes: 1e6, send: async () => {} },
      target: named("FunctionName"),
    });
  const reportOf = (roles: ReturnType<typeof record.review>, rare: readonly string[], of: Deployment["stacks"]) =>
    permissionReport({
      ...{ roles, stacks: of, rare },
      roleOf: (arn) => aws.lambda.getFunction(arn).roleArn,
      wasInvoked: (arn) => invoked.has(aws.lambda.getFunction(arn).name),
    });
  const templateFile = async () => (await readdir(assembly)).find((name) => name.endsWith(".template.json")) ?? "";
  const readTemplate = async (): Promise<Template> =>
    JSON.parse(await readFile(join(assembly, await templateFile()), "utf8")) as Template;

  const cloud: StackCloud = {
    aws,
    outputs,
    loses: () => false,
    async put(bucketOutput, Key, Body) {
      await s3.send(new PutObjectCommand({ Bucket: named(bucketOutput), Key, Body }));
    },
    async call(output, event = {}) {
      const answer = await aws.lambda.invoke({ functionName: named(output), payload: JSON.stringify(event) });
      if (answer.functionError !== undefined) throw new Error(`${output}: ${answer.payload}`);
    },
    send(queueOutput, body) {
      const name = named(queueOutput).split("/").at(-1) ?? "";
      aws.sqs.sendMessage(aws.sqs.queues.get(name).arn, JSON.stringify(body));
    },
    async lost(event) {
      await runs().start(event);
      await cloud.until("the sweeper sends what was lost", () => cloud.calls(/sweeper/i, "lambda:InvokeFunction") > 0);
    },
    calls: (role, action) =>
      aws.calls
        .list()
        .reduce((sum, call) => (call.action === action && role.test(call.roleArn ?? "") ? sum + call.count : sum), 0),
    async until(what, holds) {
      const untilMs = Date.now() + PATIENCE_MS;
      while (!(await holds())) {
        if (Date.now() > untilMs) throw new Error(`Not within ${PATIENCE_MS} ms: ${what}`);
        await delay(20);
      }
    },
    over: (count) =>
      cloud.until(`${count} runs are over`, async () => {
        const all = (await runs().list()).runs;
        return all.length >= count && all.every(({ status }) => status !== "running" && status !== "sleeping");
      }),
    report: (rare = []) => reportOf(record.review(), rare, stacks),
    async statements() {
      return Object.entries((await readTemplate()).Resources).flatMap(([policy, { Type, Properties }]) =>
        Type === "AWS::IAM::Policy"
          ? Properties.PolicyDocument.Statement.map(({ Action }, at) => ({ policy, at, actions: [Action].flat() }))
          : [],
      );
    },
    async reportWithout({ policy, at }) {
      const calls = aws.calls.list();
      const changed = join(directory, `without-${policy}-${at}`);
      await cp(assembly, changed, { recursive: true });
      const template = await readTemplate();
      template.Resources[policy]?.Properties.PolicyDocument.Statement.splice(at, 1);
      await writeFile(join(changed, await templateFile()), JSON.stringify(template));
      const { stacks: deployed } = await deploy(changed);
      const replayed = recordPermissions(() => aws, { isEnforced: false });
      for (const { roleArn, action, resourceArn } of calls) {
        replayed.authorize({ accessKeyId: "replayed", ...(roleArn !== undefined && { roleArn }) }, action, resourceArn);
      }
      return reportOf(replayed.review(), [], deployed);
    },
    async stop() {
      s3.destroy();
      dynamodb.destroy();
      await aws.stop();
      await rm(directory, { recursive: true, force: true });
    },
  };
  return cloud;
}
