import { createRequire } from "node:module";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { callerDriver, FailRunError, memoryRunStore, type RecursiveOptions, recursive } from "@longhaul/core";
import { sleepFor } from "@longhaul/core/sleep";
import { beforeAll, describe, expect, it } from "vitest";
import { ContinueAsNew, RecursiveFunction } from "../../src/index.ts";
import { handlerFile as entry, templateOf } from "../synthesize.ts";

/** The folder that `npm run test:peers` installs `step-functions/package.json` into. */
const { LONGHAUL_STEP_FUNCTIONS: folder = "" } = process.env;

const FUNCTION_ARN = "arn:aws:lambda:eu-central-1:000000000000:function:work";
const MACHINE_ARN = "arn:aws:states:eu-central-1:000000000000:stateMachine:runs";

type Json = Readonly<Record<string, unknown>>;
type Local = (input: Json) => Promise<unknown>;

interface StateMachineOfPeer {
  run(
    input: Json,
    options: {
      readonly context: Json;
      readonly overrides: {
        readonly taskResourceLocalHandlers: Readonly<Record<string, Local>>;
        readonly waitTimeOverrides?: Readonly<Record<string, number>>;
        readonly retryIntervalOverrides?: Readonly<Record<string, number>>;
      };
    },
  ): { readonly result: Promise<Json> };
}

let StateMachine: new (definition: Json) => StateMachineOfPeer;
let validate: (definition: Json, options: Json) => { readonly isValid: boolean; errorsText(between: string): string };

beforeAll(async () => {
  const require = createRequire(join(folder, "package.json"));
  const load = (name: string) => import(pathToFileURL(require.resolve(name)).href);
  ({ StateMachine } = await load("aws-local-stepfunctions"));
  const validator = await load("asl-validator");
  validate = validator.default?.default ?? validator.default;
});

/** The definition that the construct deploys, as CloudFormation completes it. */
function definition(hopsPerExecution?: number): Json {
  const template = templateOf((stack) => {
    const worker = new RecursiveFunction(stack, "Worker", { entry, mayInvokeItself: false });
    new ContinueAsNew(stack, "Runs", { worker, ...(hopsPerExecution !== undefined && { hopsPerExecution }) });
  });
  const [machine] = Object.values(template.findResources("AWS::StepFunctions::StateMachine"));
  const text: string = machine?.Properties.DefinitionString["Fn::Sub"][0];
  const values: Readonly<Record<string, string>> = { FunctionArn: FUNCTION_ARN, "AWS::Partition": "aws" };
  return JSON.parse(text.replaceAll(/\$\{([\w:]+)\}/g, (_, name) => values[name] ?? ""));
}

type Options = RecursiveOptions<{ readonly upTo: number }, number, string>;

/** A function of ten seconds, and the executions that carry its runs. */
function carried(options: Partial<Options> = {}, hopsPerExecution?: number) {
  const items: number[] = [];
  const runs = new Set<string>();
  const invocation = { leftMs: 0, count: 0 };
  /** Errors of calls to come, by the number of the call. */
  const failures = new Map<number, Error>();
  const handler = recursive<{ readonly upTo: number }, number, string>({
    driver: callerDriver(),
    store: memoryRunStore(),
    time: { reserveMs: 5_000 },
    start: () => 0,
    async *run(position, { event, run }) {
      runs.add(run.id);
      for (let item = position; item < event.upTo; item++) {
        invocation.leftMs -= 2_000;
        if (item === 11 && run.attempt === 1) throw new TypeError("item 11 cannot be reached");
        items.push(item);
        yield item === 20 ? sleepFor(1_200, item + 1) : item + 1;
      }
      return `${event.upTo} items`;
    },
    ...options,
  });
  const invoke: Local = async ({ FunctionName, Payload, ClientContext }) => {
    expect(FunctionName).toBe(FUNCTION_ARN);
    const count = invocation.count++;
    const failure = failures.get(count);
    if (failure) throw failure;
    invocation.leftMs = 10_000;
    const outcome = await handler(JSON.parse(JSON.stringify(Payload)), {
      awsRequestId: `request-${count}`,
      invokedFunctionArn: FUNCTION_ARN,
      functionVersion: "$LATEST",
      memoryLimitInMB: 128,
      clientContext: clientContextIn(String(ClientContext)),
      getRemainingTimeInMillis: () => invocation.leftMs,
    });
    return { StatusCode: 200, Payload: JSON.parse(JSON.stringify(outcome)) };
  };
  const executions = new Map<string, { readonly input: Json; readonly output: Promise<Json> }>();
  const begin = (name: string, input: Json): Promise<Json> => {
    const Id = `${MACHINE_ARN.replace(":stateMachine:", ":execution:")}:${name}`;
    const machine = new StateMachine(definition(hopsPerExecution));
    const { result } = machine.run(input, {
      context: { Execution: { Id, Name: name, Input: input }, StateMachine: { Id: MACHINE_ARN, Name: "runs" } },
      overrides: {
        taskResourceLocalHandlers: {
          Hop: invoke,
          async BeginAnew({ StateMachineArn, Name, Input }) {
            expect(StateMachineArn).toBe(MACHINE_ARN);
            begin(String(Name), Input as Json).catch(() => {});
            return { ExecutionArn: String(Name), StartDate: 0 };
          },
        },
        waitTimeOverrides: { Busy: 10 },
        retryIntervalOverrides: { Hop: 0 },
      },
    });
    executions.set(name, { input, output: result });
    return result;
  };
  /** Executes to the end, whichever execution that is in. */
  const execute = async (input: Json, name = "import-7"): Promise<Json> => {
    let output = await begin(name, input);
    while (output.executionArn !== undefined) {
      const next = executions.get(String(output.executionArn));
      if (!next) throw new Error(`No execution ${output.executionArn}.`);
      output = await next.output;
    }
    return output;
  };
  return { execute, items, runs, failures, invocation, executions };
}

/** The client context as Lambda hands it on. The interpreter leaves the backslashes that AWS asks for before braces. */
function clientContextIn(base64: string): unknown {
  const text = Buffer.from(base64, "base64").toString();
  return JSON.parse(text.replaceAll(/\\([{}])/g, "$1"));
}

const failed = (name: string) => Object.assign(new Error(name), { name });

describe("the state machine of ContinueAsNew", () => {
  it("is valid by a validator that is not ours, with its paths and ARNs", () => {
    const { isValid, errorsText } = validate(definition(), { checkArn: true, checkPaths: true });
    expect(isValid ? "" : errorsText("\n")).toBe("");
  });

  it("carries a run over more than 20 hops and several executions, with calls that failed, a hop that failed, and one that slept", async () => {
    const { execute, items, runs, failures, invocation, executions } = carried({}, 7);
    // More in a row than a hop may fail.
    for (const count of [0, 1, 2]) failures.set(count, failed("Lambda.ServiceException"));
    for (const count of [8, 9, 10]) failures.set(count, failed("Lambda.TooManyRequestsException"));
    const beganMs = Date.now();
    const output = await execute({ upTo: 47 });
    expect(output).toMatchObject({ status: "done", result: "47 items" });
    expect(Date.now() - beganMs).toBeGreaterThanOrEqual(1_200);
    expect(items).toEqual(Array.from({ length: 47 }, (_, item) => item));
    const hops = Number(output.hop) + 1;
    expect(hops).toBeGreaterThan(20);
    // One hop failed once, and six calls never reached the function.
    expect(invocation.count).toBe(hops + 1 + 6);
    expect(executions.size).toBe(Math.ceil(hops / 7));
    expect([...runs]).toEqual([expect.stringContaining("execution:runs:import-7")]);
  });

  it("without a store as well", async () => {
    const { execute, items } = carried({ store: undefined });
    expect(await execute({ upTo: 9 })).toMatchObject({ status: "done", result: "9 items" });
    expect(items).toEqual(Array.from({ length: 9 }, (_, item) => item));
  });

  it("begun again with the same input continues where the run is", async () => {
    const { execute, items, failures } = carried({ runId: ({ upTo }) => `import-of-${upTo}` });
    for (let count = 3; count < 20; count++) failures.set(count, failed("Lambda.Unknown"));
    await expect(execute({ upTo: 9 })).rejects.toMatchObject({ cause: { name: "Lambda.Unknown" } });
    expect(items.length).toBeGreaterThan(2);
    expect(items.length).toBeLessThan(9);
    failures.clear();
    expect(await execute({ upTo: 9 }, "again")).toMatchObject({ status: "done" });
    expect(items).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8]);
  });

  it("waits while another invocation has the run", async () => {
    const store = memoryRunStore();
    const { execute, items } = carried({ store, runId: () => "import-7" });
    const nowMs = Date.now();
    const request = { run: "import-7", hop: 0, owner: "another", nowMs, skewMs: 0, leaseUntilMs: nowMs + 300 };
    await store.begin({ ...request, startedAtMs: nowMs, target: FUNCTION_ARN, event: '{"upTo":3}' });
    expect(await execute({ upTo: 3 })).toMatchObject({ status: "done" });
    expect(Date.now()).toBeGreaterThanOrEqual(nowMs + 300);
    expect(items).toEqual([0, 1, 2]);
  });

  const broken = (): Promise<number> => Promise.reject(new FailRunError("no such bucket", { code: "NO_BUCKET" }));
  it.each<[how: string, options: Partial<Options>, code: string]>([
    ["failed", { start: broken }, "NO_BUCKET"],
    ["was ended by a guard", { guards: { maxHops: 2 } }, "MAX_HOPS"],
  ])("fails with the reason of a run that %s", async (_, options, code) => {
    const { execute } = carried(options);
    await expect(execute({ upTo: 40 })).rejects.toMatchObject({ cause: { name: code } });
  });

  it("fails, and says what to do, where the handler has another driver", async () => {
    const driver = { name: "other", maxBytes: 1e6, send: async () => {} };
    await expect(carried({ driver }).execute({ upTo: 40 })).rejects.toMatchObject({
      cause: { name: "CONFIG", message: expect.stringContaining("callerDriver()") },
    });
  });
});
