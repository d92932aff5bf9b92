import {
  AddPermissionCommand,
  CreateAliasCommand,
  CreateFunctionCommand,
  CreateFunctionUrlConfigCommand,
  DeleteFunctionConcurrencyCommand,
  GetFunctionCommand,
  GetFunctionConcurrencyCommand,
  GetFunctionConfigurationCommand,
  GetFunctionUrlConfigCommand,
  GetProvisionedConcurrencyConfigCommand,
  InvokeCommand,
  type InvokeCommandInput,
  ListTagsCommand,
  PublishVersionCommand,
  PutFunctionConcurrencyCommand,
  PutFunctionEventInvokeConfigCommand,
  PutProvisionedConcurrencyConfigCommand,
  UpdateAliasCommand,
  UpdateFunctionCodeCommand,
  UpdateFunctionConfigurationCommand,
  UpdateFunctionUrlConfigCommand,
} from "@aws-sdk/client-lambda";
import { expect } from "vitest";
import { type LambdaPlace, type LambdaRow, refused, rowsOf } from "./lambda-place.ts";

/** A function that does what its event says. */
const WORK = `
import { readFileSync, writeFileSync } from "node:fs";
const NOTE = (process.env.TMPDIR ?? "/tmp") + "/note";
let counter = 0;
let number = 0;
class Exception extends Error {
  name = "Exception";
}
const acts = {
  echo: (event) => event.say,
  context: (event, context) => ({ event, context }),
  count: () => ({ counter: counter++ }),
  environment: (_, context) => ({ environment: process.env, context, cwd: process.cwd() }),
  fail: (event) => { throw new Exception(event.message); },
  throw: (event) => { throw new Error("Error: " + event.message); },
  exit: (event) => process.exit(event.code),
  large: () => "x".repeat(7_000_000),
  log: (event) => { console.log(event.line); return {}; },
  sleep: () => new Promise(() => setTimeout(() => {}, 60_000)),
  write: () => { writeFileSync(NOTE, "some-content"); },
  read: () => ({ content: readFileSync(NOTE, "utf8") }),
  set: (event) => { number = event.number; },
  get: () => ({ number }),
};
export const handler = async (event, context) => acts[event.do]?.(event, context) ?? (event.do ? undefined : event);
`;
const versionSource = (id: string) =>
  `export const handler = async (_, context) => ({
    version_id: "${id}", invoked_arn: context.invokedFunctionArn, version_from_ctx: context.functionVersion,
  });`;
const ECHO = "export const handler = async (event) => event;";
const UUID = expect.stringMatching(/^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/) as string;
const isText = expect.any(String) as string;

/** Functions that several rows share, by name; each is deployed by the first row that needs it. */
const shared = new WeakMap<LambdaPlace, Map<string, Promise<string>>>();
function sharedFunction(place: LambdaPlace, key: string, make: () => Promise<string>): Promise<string> {
  const known = shared.get(place) ?? new Map<string, Promise<string>>();
  shared.set(place, known);
  const name = known.get(key) ?? make();
  known.set(key, name);
  return name;
}

const work = (place: LambdaPlace) =>
  sharedFunction(place, "work", () =>
    place.deploy(WORK, { memoryMb: 1024, timeoutSeconds: 1, environment: { TEST_KEY: "TEST_VAL" } }),
  );
const oldWork = (place: LambdaPlace) =>
  sharedFunction(place, "old", () => place.deploy(WORK, { runtime: "nodejs22.x", memoryMb: 1024 }));

interface Invoked {
  readonly StatusCode?: number | undefined;
  readonly ExecutedVersion?: string | undefined;
  readonly FunctionError?: string | undefined;
  readonly Payload: unknown;
  readonly logs?: readonly string[];
  readonly requestId?: string | undefined;
}

/** Invokes, and takes the answer apart: payload as JSON, the log's end as lines. */
async function invoke(place: LambdaPlace, input: Partial<InvokeCommandInput>): Promise<Invoked> {
  const { Payload, LogResult, $metadata, ...answer } = await place.lambda.send(
    new InvokeCommand({ FunctionName: await work(place), ...input }),
  );
  const text = Buffer.from(Payload ?? []).toString("utf8");
  return {
    ...answer,
    Payload: text === "" ? "" : (JSON.parse(text) as unknown),
    ...(LogResult !== undefined && {
      logs: Buffer.from(LogResult, "base64")
        .toString("utf8")
        .split(/(?<=\n)/),
      requestId: $metadata.requestId,
    }),
  };
}
const act = (place: LambdaPlace, event: object, more: Partial<InvokeCommandInput> = {}) =>
  invoke(place, { Payload: JSON.stringify(event), ...more });

const ok = (Payload: unknown, ExecutedVersion = "$LATEST") => ({ StatusCode: 200, ExecutedVersion, Payload });
const failed = (Payload: unknown) => ({ ...ok(Payload), FunctionError: "Unhandled" });
const accepted = { StatusCode: 202, Payload: "" };
const error = (errorType: string, errorMessage: unknown) => ({ errorType, errorMessage });
const requestError = (text: string) => expect.stringMatching(new RegExp(`^RequestId: [0-9a-f-]{36} Error: ${text}$`));
const notFound = (arn: string) =>
  refused(404, "ResourceNotFoundException", expect.stringMatching(new RegExp(`^Function not found: ${arn}$`)));
const ARN = "arn:aws:lambda:[a-z0-9-]+:\\d{12}:function:";

const AT = "\n at [Source: REDACTED (`StreamReadFeature.INCLUDE_SOURCE_IN_LOCATION` disabled); line: 1, column:";
const unparsed = (problem: string, column: number) =>
  refused(
    400,
    "InvalidRequestContentException",
    `Could not parse request body into json: Could not parse payload into json: ${problem}${AT} ${column}]`,
  );

const features: readonly LambdaRow[] = [
  ["TestLambdaFeatures::test_invocation_type_request_response[nodejs16.x]", (p) => invoke(p, {}), ok({})],
  [
    "TestLambdaFeatures::test_invocation_type_request_response[python3.10], a payload",
    (p) => act(p, { do: "echo", say: { a: [1, null, "é"] } }, { InvocationType: "RequestResponse" }),
    ok({ a: [1, null, "é"] }),
  ],
  [
    "TestLambdaFeatures::test_invocation_type_event[nodejs16.x]",
    (p) => invoke(p, { InvocationType: "Event" }),
    accepted,
  ],
  [
    "TestLambdaFeatures::test_invocation_type_dry_run[nodejs16.x]",
    (p) => invoke(p, { InvocationType: "DryRun" }),
    { StatusCode: 204, Payload: "" },
  ],
  [
    "TestLambdaFeatures::test_invocation_type_no_return_payload[python-RequestResponse]",
    (p) => act(p, { do: "echo" }),
    ok(null),
  ],
  [
    "TestLambdaFeatures::test_invocation_type_no_return_payload[nodejs-Event]",
    (p) => act(p, { do: "echo" }, { InvocationType: "Event" }),
    accepted,
  ],
  [
    "TestLambdaFeatures::test_invocation_with_logs[nodejs16.x], around the lines of the function",
    async (p) => {
      const { logs = [], requestId } = await act(p, { do: "log", line: {} }, { LogType: "Tail" });
      return [logs[0], logs[2], logs.length].map((each) => String(each).replace(requestId ?? "", "ID"));
    },
    ["START RequestId: ID Version: $LATEST\n", "END RequestId: ID\n", "4"],
  ],
  [
    "TestLambdaFeatures::test_invocation_with_logs[nodejs16.x], the line of console.log",
    async (p) => {
      const { logs = [], requestId } = await act(p, { do: "log", line: {} }, { LogType: "Tail" });
      return logs[1]?.replace(requestId ?? "", "ID");
    },
    expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z\tID\tINFO\t\{\}\n$/),
  ],
  [
    "TestLambdaFeatures::test_invocation_with_logs[nodejs16.x], REPORT of a first invocation",
    async (p) => {
      const FunctionName = await p.deploy(WORK);
      return (await act(p, { do: "log", line: {} }, { FunctionName, LogType: "Tail" })).logs?.at(-1);
    },
    expect.stringMatching(
      /^REPORT RequestId: [0-9a-f-]{36}\tDuration: [\d.]+ ms\tBilled Duration: \d+ ms\tMemory Size: 128 MB\tMax Memory Used: \d+ MB\tInit Duration: [\d.]+ ms\t\n$/,
    ),
  ],
  [
    "TestLambdaFeatures::test_invoke_exceptions, invoke_function_doesnotexist",
    (p) => invoke(p, { FunctionName: "doesnotexist" }),
    notFound(`${ARN}doesnotexist:\\$LATEST`),
  ],
  [
    "TestRequestIdHandling::test_request_id_invoke, invoke_result",
    async (p) => {
      const { Payload, requestId } = await act(p, { do: "context" }, { LogType: "Tail" });
      const { context } = Payload as { readonly context: { readonly awsRequestId: string } };
      return context.awsRequestId === requestId;
    },
    true,
  ],
  [
    "TestRequestIdHandling::test_request_id_invoke, log_entries",
    async (p) => {
      const { logs = [], requestId } = await act(p, { do: "log", line: "RequestId log message" }, { LogType: "Tail" });
      return logs.map((line) => line.split(requestId ?? "").length - 1);
    },
    [1, 1, 1, 1],
  ],
];

/** A function with one version, as the recording's was published when it was made. */
const qualified = (place: LambdaPlace) =>
  sharedFunction(place, "qualified", async () => {
    const name = await place.deploy(WORK, { timeoutSeconds: 10 });
    place.aws.lambda.publishVersion(name);
    return name;
  });
const QUOTES = "bar with 'quotes\"";
const withQualifier = async (p: LambdaPlace) =>
  act(p, { do: "context", foo: QUOTES }, { FunctionName: await qualified(p), Qualifier: "1", LogType: "Tail" });

const qualifiers: readonly LambdaRow[] = [
  [
    "TestLambdaFeatures::test_invocation_with_qualifier, the event",
    async (p) => ((await withQualifier(p)).Payload as { readonly event: unknown }).event,
    { do: "context", foo: QUOTES },
  ],
  [
    "TestLambdaFeatures::test_invocation_with_qualifier, the context",
    async (p) => {
      const name = await qualified(p);
      const { Payload, ExecutedVersion } = await withQualifier(p);
      const { context } = Payload as { readonly context: Readonly<Record<string, unknown>> };
      return {
        ExecutedVersion,
        version: context.functionVersion,
        isArn: context.invokedFunctionArn === p.arnOf(name, "1"),
        isName: context.functionName === name,
        memory: context.memoryLimitInMB,
        isLogGroup: context.logGroupName === `/aws/lambda/${name}`,
        clientContext: context.clientContext ?? null,
      };
    },
    {
      ExecutedVersion: "1",
      version: "1",
      isArn: true,
      isName: true,
      memory: "128",
      isLogGroup: true,
      clientContext: null,
    },
  ],
  [
    "TestLambdaFeatures::test_invocation_with_qualifier, log_result",
    async (p) => (await withQualifier(p)).logs?.[0],
    expect.stringMatching(/^START RequestId: [0-9a-f-]{36} Version: 1\n$/),
  ],
];

const exits = (place: LambdaPlace, code: number) =>
  sharedFunction(place, `exits ${code}`, () => place.deploy(`process.exit(${code});`));
const errors: readonly LambdaRow[] = [
  [
    "TestLambdaErrors::test_lambda_handler_error",
    (p) => act(p, { do: "fail", message: "Handler fails" }),
    failed({ ...error("Exception", "Handler fails"), trace: expect.any(Array) as unknown }),
  ],
  [
    "TestLambdaErrors::test_lambda_handler_exit",
    (p) => act(p, { do: "exit", code: 0 }),
    failed(error("Runtime.ExitError", requestError("Runtime exited without providing a reason"))),
  ],
  [
    "TestLambdaErrors::test_lambda_runtime_exit",
    async (p) => invoke(p, { FunctionName: await exits(p, 0) }),
    failed(error("Runtime.ExitError", requestError("Runtime exited without providing a reason"))),
  ],
  [
    "TestLambdaErrors::test_lambda_runtime_wrapper_not_found, a runtime that ends with 127",
    async (p) => invoke(p, { FunctionName: await exits(p, 127) }),
    failed(error("Runtime.ExitError", requestError("Runtime exited with error: exit status 127"))),
  ],
  [
    "TestLambdaBehavior::test_lambda_invoke_with_timeout",
    (p) => act(p, { do: "sleep" }),
    failed(error("Sandbox.Timedout", requestError("Task timed out after 1\\.00 seconds"))),
  ],
  [
    "TestLambdaErrors::test_lambda_invoke_payload_encoding_error[body]",
    (p) => invoke(p, { Payload: Buffer.from("n\x87r\x9e\xe9\xb5\xd7I\xee\x9bmt", "latin1") }),
    unparsed("Invalid UTF-8 start byte 0x87", 3),
  ],
  [
    "TestLambdaErrors::test_lambda_invoke_payload_encoding_error[message]",
    (p) => invoke(p, { Payload: Buffer.from("\x99\xeb,j\x07\xa1zYh", "latin1") }),
    unparsed(
      "Unexpected character ((CTRL-CHAR, code 153)): expected a valid value (JSON String, Number, Array, Object or token 'null', 'true' or 'false')",
      1,
    ),
  ],
  ...["invoke_result", "invoke_result_2"].map(
    (label): LambdaRow => [
      `TestLambdaBaseFeatures::test_lambda_too_large_response, ${label}`,
      (p) => act(p, { do: "large" }),
      failed(
        error(
          "Function.ResponseSizeTooLarge",
          "Response payload size exceeded maximum allowed payload size (6291556 bytes).",
        ),
      ),
    ],
  ),
  ...(
    [
      [0, "first_invoke_result"],
      [1, "second_invoke_result"],
    ] as const
  ).map(
    ([counter, label]): LambdaRow => [
      `TestLambdaBehavior::test_lambda_cache_local[nodejs], ${label}`,
      async (p) => {
        const FunctionName = await sharedFunction(p, "counting", () => p.deploy(WORK));
        return act(p, { do: "count" }, { FunctionName });
      },
      ok({ counter }),
    ],
  ),
];

/** A function of one row after another: what the one does, the next sees. */
const reused = (p: LambdaPlace) => sharedFunction(p, "reused", () => p.deploy(WORK, { timeoutSeconds: 1 }));
const reuse = async (p: LambdaPlace, event: object) => act(p, event, { FunctionName: await reused(p) });
const REUSE = "TestLambdaBehavior::test_lambda_invoke_timed_out_environment_reuse";
const environmentReuse: readonly LambdaRow[] = [
  [`${REUSE}, invoke-result-file-write`, (p) => reuse(p, { do: "write" }), ok(null)],
  [`${REUSE}, invoke-result-file-read`, (p) => reuse(p, { do: "read" }), ok({ content: "some-content" })],
  [`${REUSE}, invoke-result-set-number`, (p) => reuse(p, { do: "set", number: 42 }), ok(null)],
  [`${REUSE}, invoke-result-read-number`, (p) => reuse(p, { do: "get" }), ok({ number: 42 })],
  [`${REUSE}, invoke-result-timed-out`, async (p) => (await reuse(p, { do: "sleep" })).FunctionError, "Unhandled"],
  [`${REUSE}, invoke-result-read-number-after-timeout`, (p) => reuse(p, { do: "get" }), ok({ number: 0 })],
];

/** A function whose code changes, with a version of each. */
const versioned = (p: LambdaPlace) =>
  sharedFunction(p, "versioned", async () => {
    const name = p.newName();
    for (const id of ["version1", "version2", "version3"]) {
      await p.deploy(versionSource(id), { name, description: "No version :(" });
      if (id !== "version3") p.aws.lambda.publishVersion(name, `${id} :)`);
    }
    return name;
  });
const VERSIONS = "TestLambdaVersions::test_lambda_versions_with_code_changes";
const versionRow = (label: string, qualifier: string | undefined, id: string): LambdaRow => [
  `${VERSIONS}, ${label}`,
  async (p) => {
    const FunctionName = await versioned(p);
    const { Payload, ...rest } = await invoke(p, { FunctionName, ...(qualifier && { Qualifier: qualifier }) });
    const { invoked_arn, ...payload } = Payload as { readonly invoked_arn: string };
    return { ...rest, ...payload, isArn: invoked_arn === p.arnOf(FunctionName, qualifier) };
  },
  {
    StatusCode: 200,
    ExecutedVersion: qualifier ?? "$LATEST",
    version_id: id,
    version_from_ctx: qualifier ?? "$LATEST",
    isArn: true,
  },
];
const publish = async (p: LambdaPlace, Description: string) => {
  const name = await versioned(p);
  const {
    FunctionArn,
    Version,
    Description: told,
    State,
    LastUpdateStatus,
    $metadata,
  } = await p.lambda.send(new PublishVersionCommand({ FunctionName: name, Description }));
  const isArn = FunctionArn === p.arnOf(name, Version);
  return { isArn, Version, Description: told, State, LastUpdateStatus, status: $metadata.httpStatusCode };
};
const published = (Version: string, Description: string) => ({
  isArn: true,
  Version,
  Description,
  State: "Active",
  LastUpdateStatus: "Successful",
  status: 201,
});

const versions: readonly LambdaRow[] = [
  versionRow("invocation_result_latest", undefined, "version3"),
  versionRow("invocation_result_v1", "1", "version1"),
  versionRow("invocation_result_v2", "2", "version2"),
  [
    `${VERSIONS}, first_publish_response`,
    (p) => publish(p, "First version description :)"),
    published("3", "First version description :)"),
  ],
  versionRow("invocation_result_v3", "3", "version3"),
  versionRow("invocation_result_v1_end", "1", "version1"),
  [
    `${VERSIONS}, second_publish_response`,
    (p) => publish(p, "Second version description :)"),
    published("4", "Second version description :)"),
  ],
  [
    `${VERSIONS}, create_response, its description`,
    async (p) => {
      const asked = new GetFunctionConfigurationCommand({ FunctionName: await versioned(p) });
      const { Description, Version } = await p.lambda.send(asked);
      return { Description, Version };
    },
    { Description: "No version :(", Version: "$LATEST" },
  ],
  ...(["handler_one", "handler_two"] as const).map(
    (label): LambdaRow => [
      `TestLambdaVersions::test_lambda_handler_update, invoke_result_${label}`,
      async (p) => {
        const name = await sharedFunction(p, "handlers", async () => p.newName());
        const source = `export const handler = async () => ({ handler: "handler" });
          export const handler_two = async () => ({ handler: "handler_two" });`;
        const handler = label === "handler_one" ? "index.handler" : "index.handler_two";
        await p.deploy(source, { name, handler });
        return invoke(p, { FunctionName: name });
      },
      ok({ handler: label === "handler_one" ? "handler" : "handler_two" }),
    ],
  ),
  [
    "TestLambdaVersions::test_lambda_handler_update, get_function_result",
    async (p) => {
      const FunctionName = await sharedFunction(p, "handlers", async () => p.newName());
      const { Configuration } = await p.lambda.send(new GetFunctionCommand({ FunctionName }));
      const { Handler, State, LastUpdateStatus, Version } = Configuration ?? {};
      return { Handler, State, LastUpdateStatus, Version };
    },
    { Handler: "index.handler_two", State: "Active", LastUpdateStatus: "Successful", Version: "$LATEST" },
  ],
  [
    "TestLambdaVersions::test_lambda_handler_update, invoke_result_handler_two_postpublish",
    async (p) => {
      const FunctionName = await sharedFunction(p, "handlers", async () => p.newName());
      p.aws.lambda.publishVersion(FunctionName);
      return invoke(p, { FunctionName });
    },
    ok({ handler: "handler_two" }),
  ],
  [
    "TestLambdaVersions::test_function_update_during_invoke, invoke_response_before",
    async (p) => {
      const source = (variant: string) =>
        `export const handler = async () => { await new Promise((done) => setTimeout(done, 150)); return "${variant}"; };`;
      const name = await p.deploy(source("variant-1"));
      const begun = new Promise<void>((resolve) => {
        p.aws.lambda.on("invoke.start", ({ functionName }) => {
          if (functionName === name) resolve();
        });
      });
      const before = invoke(p, { FunctionName: name });
      await begun;
      await p.deploy(source("variant-2"), { name });
      return [(await before).Payload, (await invoke(p, { FunctionName: name })).Payload];
    },
    ["variant-1", "variant-2"],
  ],
];

const aliased = (p: LambdaPlace) =>
  sharedFunction(p, "aliased", async () => {
    const name = await p.deploy(versionSource("version1"));
    p.aws.lambda.publishVersion(name);
    return name;
  });
const ALIAS = "TestLambdaAliases::test_lambda_alias_moving";
const aliasInvoked = async (p: LambdaPlace, byArn = false) => {
  const name = await aliased(p);
  const input = byArn ? { FunctionName: p.arnOf(name, "alias1") } : { FunctionName: name, Qualifier: "alias1" };
  const { Payload, ...rest } = await invoke(p, input);
  const { invoked_arn, ...payload } = Payload as { readonly invoked_arn: string };
  return { ...rest, ...payload, isArn: invoked_arn === p.arnOf(name, "alias1") };
};
const aliasRan = (version: string) => ({
  StatusCode: 200,
  ExecutedVersion: version,
  version_id: `version${version}`,
  version_from_ctx: version,
  isArn: true,
});
const aliasTold = (p: LambdaPlace, name: string, told: { readonly AliasArn?: string | undefined }, status: unknown) => {
  const { AliasArn, $metadata: _, ...rest } = told as typeof told & { readonly $metadata: unknown };
  return { ...rest, isArn: AliasArn === p.arnOf(name, "alias1"), status };
};
const aliasView = (FunctionVersion: string, status: number) => ({
  Name: "alias1",
  FunctionVersion,
  Description: "",
  RevisionId: UUID,
  isArn: true,
  status,
});
const aliases: readonly LambdaRow[] = [
  [
    `${ALIAS}, create_alias_response`,
    async (p) => {
      const FunctionName = await aliased(p);
      const told = await p.lambda.send(new CreateAliasCommand({ FunctionName, Name: "alias1", FunctionVersion: "1" }));
      return aliasTold(p, FunctionName, told, told.$metadata.httpStatusCode);
    },
    aliasView("1", 201),
  ],
  [`${ALIAS}, invocation_result_qualifier_v1`, (p) => aliasInvoked(p), aliasRan("1")],
  [`${ALIAS}, invocation_result_qualifier_v1_arn`, (p) => aliasInvoked(p, true), aliasRan("1")],
  [
    `${ALIAS}, invocation_result_qualifier_v1_after_update`,
    async (p) => {
      await p.deploy(versionSource("version2"), { name: await aliased(p) });
      return aliasInvoked(p);
    },
    aliasRan("1"),
  ],
  [
    `${ALIAS}, invocation_result_qualifier_v1_after_publish`,
    async (p) => {
      p.aws.lambda.publishVersion(await aliased(p));
      return aliasInvoked(p);
    },
    aliasRan("1"),
  ],
  [
    `${ALIAS}, update_alias_response`,
    async (p) => {
      const FunctionName = await aliased(p);
      const told = await p.lambda.send(new UpdateAliasCommand({ FunctionName, Name: "alias1", FunctionVersion: "2" }));
      return aliasTold(p, FunctionName, told, told.$metadata.httpStatusCode);
    },
    aliasView("2", 200),
  ],
  [`${ALIAS}, invocation_result_qualifier_v2`, (p) => aliasInvoked(p), aliasRan("2")],
  [
    `${ALIAS}, invocation_exc_not_existent`,
    async (p) => invoke(p, { FunctionName: await aliased(p), Qualifier: "non-existent-alias" }),
    notFound(`${ARN}recorded-\\d+:non-existent-alias`),
  ],
];

const concurrent = (p: LambdaPlace) => sharedFunction(p, "concurrent", () => p.deploy(ECHO, { timeoutSeconds: 20 }));
const CRUD = "TestLambdaConcurrency::test_lambda_concurrency_crud";
const concurrency = async (p: LambdaPlace) => {
  const asked = new GetFunctionConcurrencyCommand({ FunctionName: await concurrent(p) });
  const { ReservedConcurrentExecutions, $metadata } = await p.lambda.send(asked);
  return { ReservedConcurrentExecutions, status: $metadata.httpStatusCode };
};
const RESERVED = "TestLambdaConcurrency::test_reserved_concurrency";
const withoutAny = (p: LambdaPlace) =>
  sharedFunction(p, "without any", () => p.deploy(ECHO, { timeoutSeconds: 20, reservedConcurrency: 0 }));
const failureRecord = async (p: LambdaPlace) => {
  const FunctionName = await p.deploy(ECHO, { reservedConcurrency: 0 });
  const queue = await p.queue();
  const settings = new PutFunctionEventInvokeConfigCommand({
    FunctionName,
    MaximumRetryAttempts: 0,
    DestinationConfig: { OnFailure: { Destination: queue.arn } },
  });
  await p.lambda.send(settings);
  await invoke(p, { FunctionName, InvocationType: "Event" });
  return { ...(await p.next(queue)), FunctionName };
};
const concurrencies: readonly LambdaRow[] = [
  [`${CRUD}, get_function_concurrency_default`, concurrency, { status: 200 }],
  [
    `${CRUD}, put_function_concurrency`,
    async (p) => {
      const FunctionName = await concurrent(p);
      const put = await p.lambda.send(
        new PutFunctionConcurrencyCommand({ FunctionName, ReservedConcurrentExecutions: 0 }),
      );
      return { reserved: put.ReservedConcurrentExecutions, status: put.$metadata.httpStatusCode };
    },
    { reserved: 0, status: 200 },
  ],
  [`${CRUD}, get_function_concurrency_updated`, concurrency, { ReservedConcurrentExecutions: 0, status: 200 }],
  [
    `${CRUD}, get_function_concurrency_deleted`,
    async (p) => {
      await p.lambda.send(new DeleteFunctionConcurrencyCommand({ FunctionName: await concurrent(p) }));
      return concurrency(p);
    },
    { status: 200 },
  ],
  [
    `${RESERVED}, fn`,
    async (p) => {
      const FunctionName = await withoutAny(p);
      const asked = new GetFunctionConfigurationCommand({ FunctionName, Qualifier: "$LATEST" });
      const { FunctionArn, Version, Timeout } = await p.lambda.send(asked);
      return { isArn: FunctionArn === p.arnOf(FunctionName, "$LATEST"), Version, Timeout };
    },
    { isArn: true, Version: "$LATEST", Timeout: 20 },
  ],
  [
    `${RESERVED}, exc_no_cap_requestresponse`,
    async (p) => invoke(p, { FunctionName: await withoutAny(p) }),
    {
      ...refused(429, "TooManyRequestsException", "Rate Exceeded."),
      Reason: "ReservedFunctionConcurrentInvocationLimitExceeded",
    },
  ],
  [
    `${RESERVED}, put_event_invoke_conf`,
    async (p) => {
      const FunctionName = await withoutAny(p);
      const { arn } = await p.queue();
      const { $metadata, FunctionArn, DestinationConfig, LastModified, ...rest } = await p.lambda.send(
        new PutFunctionEventInvokeConfigCommand({
          FunctionName,
          MaximumRetryAttempts: 0,
          DestinationConfig: { OnFailure: { Destination: arn } },
        }),
      );
      return {
        ...rest,
        OnSuccess: DestinationConfig?.OnSuccess,
        isDestination: DestinationConfig?.OnFailure?.Destination === arn,
        isArn: FunctionArn === p.arnOf(FunctionName, "$LATEST"),
        isTime: LastModified instanceof Date,
      };
    },
    { MaximumRetryAttempts: 0, OnSuccess: {}, isDestination: true, isArn: true, isTime: true },
  ],
  [
    `${RESERVED}, invoke_result`,
    async (p) => invoke(p, { FunctionName: await withoutAny(p), InvocationType: "Event" }),
    accepted,
  ],
  [
    `${RESERVED}, msg, its body`,
    async (p) => {
      const { body, FunctionName } = await failureRecord(p);
      const { functionArn, ...context } = (body as { readonly requestContext: { readonly functionArn: string } })
        .requestContext;
      return {
        ...(body as object),
        requestContext: { ...context, isArn: functionArn === p.arnOf(FunctionName, "$LATEST") },
      };
    },
    {
      version: "1.0",
      timestamp: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/) as string,
      requestContext: {
        requestId: UUID,
        isArn: true,
        condition: "ZeroReservedConcurrency",
        approximateInvokeCount: 0,
      },
      requestPayload: {},
    },
  ],
  [
    `${RESERVED}, msg, its attributes`,
    async (p) => Object.keys((await failureRecord(p)).attributes).sort(),
    ["AWSTraceHeader", "ApproximateFirstReceiveTimestamp", "ApproximateReceiveCount", "SenderId", "SentTimestamp"],
  ],
];

const configured = async (p: LambdaPlace, pick: readonly string[]) => {
  const FunctionName = await sharedFunction(p, "configured", () => p.deploy(ECHO));
  const { Configuration } = await p.lambda.send(new GetFunctionCommand({ FunctionName }));
  const fields = Object.entries(Configuration ?? {}).filter(([name]) => pick.includes(name));
  const text = JSON.stringify(Object.fromEntries(fields)).replaceAll(FunctionName, "NAME");
  return JSON.parse(text) as unknown;
};
const configuration: readonly LambdaRow[] = [
  ...(
    [
      ["its state", { State: "Active", LastUpdateStatus: "Successful" }],
      ["its limits", { MemorySize: 128, Timeout: 3, EphemeralStorage: { Size: 512 } }],
      ["its logs", { LoggingConfig: { LogFormat: "Text", LogGroup: "/aws/lambda/NAME" } }],
      ["its package", { PackageType: "Zip", Handler: "index.handler", Description: "", Version: "$LATEST" }],
      [
        "its options",
        { TracingConfig: { Mode: "PassThrough" }, SnapStart: { ApplyOn: "None", OptimizationStatus: "Off" } },
      ],
      ["its revision", { RevisionId: UUID }],
      ["its name", { FunctionName: "NAME", FunctionArn: expect.stringMatching(new RegExp(`^${ARN}NAME$`)) as string }],
      ["its time", { LastModified: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}\+0000$/) as string }],
    ] as const
  ).map(
    ([label, answer]): LambdaRow => [
      `TestLambdaBaseFeatures::test_function_state, get-fn-response, ${label}`,
      (p) => configured(p, Object.keys(answer)),
      answer,
    ],
  ),
];

const notServed = (name: string) =>
  refused(404, "UnknownOperationException", expect.stringContaining(`The embedded Lambda does not support ${name} (`));
/** AWS serves these calls; the embedded Lambda refuses them, and says so by name. */
const refusals: readonly LambdaRow[] = [
  [
    "TestLambdaFeatures::test_basic_invoke, lambda_create_fn: refused by name",
    (p) =>
      p.lambda.send(
        new CreateFunctionCommand({
          FunctionName: "new",
          Role: "arn:aws:iam::111111111111:role/r",
          Code: { S3Key: "k" },
        }),
      ),
    notServed("CreateFunction"),
  ],
  [
    "TestLambdaBehavior::test_mixed_architecture, update_function_code_response: refused by name",
    (p) => p.lambda.send(new UpdateFunctionCodeCommand({ FunctionName: "f", Architectures: ["arm64"] })),
    notServed("UpdateFunctionCode"),
  ],
  [
    "TestLambdaVersions::test_lambda_handler_update, update_function_configuration_result: refused by name",
    (p) => p.lambda.send(new UpdateFunctionConfigurationCommand({ FunctionName: "f", Handler: "handler.two" })),
    notServed("UpdateFunctionConfiguration"),
  ],
  [
    "TestLambdaURL::test_lambda_url_echo_invoke[BUFFERED], create_lambda_url_config: refused by name",
    (p) => p.lambda.send(new CreateFunctionUrlConfigCommand({ FunctionName: "f", AuthType: "NONE" })),
    notServed("CreateFunctionUrlConfig"),
  ],
  [
    "TestLambdaURL::test_lambda_update_function_url_config, get_url_config: refused by name",
    (p) => p.lambda.send(new GetFunctionUrlConfigCommand({ FunctionName: "f" })),
    notServed("GetFunctionUrlConfig"),
  ],
  [
    "TestLambdaURL::test_lambda_update_function_url_config, modify_lambda_url_config: refused by name",
    (p) => p.lambda.send(new UpdateFunctionUrlConfigCommand({ FunctionName: "f", InvokeMode: "RESPONSE_STREAM" })),
    notServed("UpdateFunctionUrlConfig"),
  ],
  [
    "TestLambdaURL::test_lambda_url_invocation_exception, add_permission: refused by name",
    async (p) =>
      p.lambda.send(
        new AddPermissionCommand({
          FunctionName: await concurrent(p),
          StatementId: "urlPermission",
          Action: "lambda:InvokeFunctionUrl",
          Principal: "*",
          FunctionUrlAuthType: "NONE",
        }),
      ),
    refused(400, "InvalidParameterValueException", expect.stringContaining("FunctionUrlAuthType of AddPermission")),
  ],
  [
    "TestLambdaConcurrency::test_provisioned_concurrency, put_provisioned_5: refused by name",
    (p) =>
      p.lambda.send(
        new PutProvisionedConcurrencyConfigCommand({
          FunctionName: "f",
          Qualifier: "1",
          ProvisionedConcurrentExecutions: 5,
        }),
      ),
    notServed("PutProvisionedConcurrencyConfig"),
  ],
  [
    "TestLambdaConcurrency::test_provisioned_concurrency, get_provisioned_postwait: refused by name",
    (p) => p.lambda.send(new GetProvisionedConcurrencyConfigCommand({ FunctionName: "f", Qualifier: "1" })),
    notServed("GetProvisionedConcurrencyConfig"),
  ],
  [
    "TestLambdaAliases::test_alias_routingconfig, create_alias_response: refused by name",
    async (p) =>
      p.lambda.send(
        new CreateAliasCommand({
          FunctionName: await aliased(p),
          Name: "weighted",
          FunctionVersion: "1",
          RoutingConfig: { AdditionalVersionWeights: { "2": 0.5 } },
        }),
      ),
    refused(400, "InvalidParameterValueException", expect.stringContaining("RoutingConfig of CreateAlias")),
  ],
  [
    "TestLambdaMultiAccounts::test_function_tags: refused by name",
    (p) => p.lambda.send(new ListTagsCommand({ Resource: p.arnOf("f") })),
    notServed("ListTags"),
  ],
];

const INTROSPECTION = "TestLambdaRuntimesCommon::test_introspection_invoke[nodejs20.x]";
interface Introspected {
  readonly environment: Readonly<Record<string, string>>;
  readonly context: Readonly<Record<string, string>>;
}
const introspected = async (p: LambdaPlace, more: Partial<InvokeCommandInput> = {}) =>
  (await act(p, { do: "environment" }, more)).Payload as Introspected;
const variables = (label: string, answer: Readonly<Record<string, unknown>>): LambdaRow => [
  `${INTROSPECTION}, ${label}`,
  async (p) => {
    const name = await work(p);
    const { environment } = await introspected(p);
    return Object.fromEntries(
      Object.keys(answer).map((key) => [key, environment[key]?.replace(name, "NAME").replace(p.aws.region, "REGION")]),
    );
  },
  answer,
];
const common: readonly LambdaRow[] = [
  variables("variables of the function", {
    AWS_LAMBDA_FUNCTION_NAME: "NAME",
    AWS_LAMBDA_FUNCTION_VERSION: "$LATEST",
    AWS_LAMBDA_FUNCTION_MEMORY_SIZE: "1024",
    AWS_LAMBDA_INITIALIZATION_TYPE: "on-demand",
    _HANDLER: "index.handler",
    TEST_KEY: "TEST_VAL",
  }),
  variables("variables of its logs", {
    AWS_LAMBDA_LOG_GROUP_NAME: "/aws/lambda/NAME",
    AWS_LAMBDA_LOG_STREAM_NAME: expect.stringMatching(/^\d{4}\/\d\d\/\d\d\/\[\$LATEST\][0-9a-f]{32}$/) as string,
  }),
  variables("variables of the place", {
    AWS_REGION: "REGION",
    AWS_DEFAULT_REGION: "REGION",
    LANG: "en_US.UTF-8",
    TZ: ":UTC",
    AWS_LAMBDA_RUNTIME_API: expect.stringMatching(/^[\d.]+:\d+$/) as string,
  }),
  variables("its credentials", { AWS_ACCESS_KEY_ID: isText, AWS_SECRET_ACCESS_KEY: isText, AWS_SESSION_TOKEN: isText }),
  variables("variables of tracing", {
    AWS_XRAY_CONTEXT_MISSING: "LOG_ERROR",
    _X_AMZN_TRACE_ID: expect.stringMatching(/^Root=1-[0-9a-f]{8}-[0-9a-f]{24};/) as string,
  }),
  ...(
    [
      ["nodejs24.x", work],
      ["nodejs22.x", oldWork],
    ] as const
  ).flatMap(([runtime, named]): LambdaRow[] => [
    [
      `${INTROSPECTION}, the variable of the runtime ${runtime}`,
      async (p) => (await introspected(p, { FunctionName: await named(p) })).environment.AWS_EXECUTION_ENV,
      `AWS_Lambda_${runtime}`,
    ],
    [
      `TestLambdaRuntimesCommon::test_uncaught_exception_invoke[${runtime}]`,
      async (p) => act(p, { do: "throw", message: "some_error_msg" }, { FunctionName: await named(p) }),
      failed({
        ...error("Error", "Error: some_error_msg"),
        trace: expect.arrayContaining(["Error: Error: some_error_msg"]) as unknown,
      }),
    ],
  ]),
  ...(
    [
      ["invocation_result_payload", undefined],
      ["invocation_result_payload_qualified", "$LATEST"],
    ] as const
  ).map(
    ([label, qualifier]): LambdaRow => [
      `${INTROSPECTION}, ${label}, the context`,
      async (p) => {
        const name = await work(p);
        const { context, environment } = await introspected(p, qualifier && { Qualifier: qualifier });
        return {
          isArn: context.invokedFunctionArn === p.arnOf(name, qualifier),
          version: context.functionVersion,
          requestId: context.awsRequestId,
          isLogStream: context.logStreamName === environment.AWS_LAMBDA_LOG_STREAM_NAME,
          isLogGroup: context.logGroupName === `/aws/lambda/${name}`,
        };
      },
      { isArn: true, version: "$LATEST", requestId: UUID, isLogStream: true, isLogGroup: true },
    ],
  ),
  ...["nodejs22.x", "nodejs24.x"].map(
    (runtime): LambdaRow => [
      `TestLambdaRuntimesCommon::test_runtime_wrapper_invoke[${runtime}], create_function_result: refused by name`,
      (p) =>
        p
          .deploy(ECHO, {
            runtime: runtime as "nodejs22.x",
            environment: { AWS_LAMBDA_EXEC_WRAPPER: "/var/task/environment_wrapper" },
          })
          .catch((refusal: unknown) => Promise.reject(refusal)),
      expect.objectContaining({
        name: "InvalidParameterValueException",
        message: expect.stringContaining("AWS_LAMBDA_EXEC_WRAPPER") as string,
      }),
    ],
  ),
];

/** Answers of Lambda, row by row. */
export const recordedLambdaCalls = [
  ...rowsOf("test_lambda.py", [
    ...features,
    ...qualifiers,
    ...errors,
    ...environmentReuse,
    ...versions,
    ...aliases,
    ...concurrencies,
    ...configuration,
    ...refusals,
  ]),
  ...rowsOf("test_lambda_common.py", common),
];

/** Answers that differ still. */
export const knownLambdaDifferences = [
  ...rowsOf("test_lambda.py", [
    [
      `${REUSE}, invoke-result-file-read-after-timeout`,
      (p) => reuse(p, { do: "read" }),
      ok({ content: "some-content" }),
    ],
  ]),
  ...rowsOf("test_lambda_common.py", [
    variables("the daemon of X-Ray", { AWS_XRAY_DAEMON_ADDRESS: "169.254.100.1:2000", _AWS_XRAY_DAEMON_PORT: "2000" }),
    variables("where modules and libraries are looked for", {
      LD_LIBRARY_PATH: "/var/lang/lib:/lib64:/usr/lib64:/var/runtime:/var/runtime/lib:/var/task:/var/task/lib:/opt/lib",
      PATH: "/var/lang/bin:/usr/local/bin:/usr/bin/:/bin:/opt/bin",
    }),
  ]),
];
