import { isUtf8 } from "node:buffer";
import type { ServiceCall } from "../gateway/service.ts";
import type { EventInvokeConfig } from "./function-config.ts";
import { configurationView, eventInvokeConfigView } from "./function-description.ts";
import { FUNCTION, type HttpApiContext, type Operation, type Route, readFields, route } from "./http-route.ts";
import { checkRequest } from "./inputs.ts";
import type { InvokeRequest } from "./invoke-api.ts";
import { invalidParameter, invalidPayload, invalidRequestContent, LambdaError } from "./lambda-error.ts";
import { permissionRoutes } from "./permission-routes.ts";
import type { RecursiveLoop } from "./recursive-loop.ts";
import { answerError, maxItems, numberOf, readBytes, writeAnswer } from "./rest-json.ts";
import { unservedOperation } from "./unserved-operation.ts";
import { versionRoutes } from "./version-routes.ts";

/** Answers one call of the Lambda API (REST-JSON). */
export async function handleLambdaCall(call: ServiceCall, context: HttpApiContext): Promise<void> {
  try {
    const url = new URL(call.request.url ?? "/", "http://lambda");
    for (const route of ROUTES) {
      const match = route.path.exec(url.pathname);
      if (!match || route.method !== call.request.method) continue;
      const functionName = decodeURIComponent(match[1] ?? "");
      const qualifier = url.searchParams.get("Qualifier") ?? undefined;
      checkRequest(route.name, call.request.headers, url.searchParams);
      const action = route.name === "Invoke" ? "lambda:InvokeFunction" : `lambda:${route.name}`;
      call.authorize(action, functionName === "" ? "*" : context.registry.arnOf(functionName, qualifier));
      const subject = decodeURIComponent(match[2] ?? "");
      await route.run({ name: route.name, call, functionName, subject, query: url.searchParams, context });
      return;
    }
    throw unservedOperation(
      call.request.method ?? "",
      url.pathname,
      ROUTES.map((each) => each.name),
    );
  } catch (error) {
    answerError(call, error);
  }
}

const ROUTES: readonly Route[] = [
  ...versionRoutes,
  ...permissionRoutes,
  route("POST", `/2015-03-31${FUNCTION}/invocations`, "Invoke", invoke),
  route("GET", "/2015-03-31/functions", "ListFunctions", listFunctions),
  route("GET", `/2015-03-31${FUNCTION}`, "GetFunction", ({ call, context, functionName, query }) => {
    const target = context.registry.resolve(functionName, query.get("Qualifier") ?? undefined);
    const { record } = target;
    writeAnswer(call, 200, {
      Configuration: configurationView(target),
      Code: { RepositoryType: "S3", Location: "" },
      ...(record.reservedConcurrency === undefined
        ? {}
        : { Concurrency: { ReservedConcurrentExecutions: record.reservedConcurrency } }),
    });
  }),
  route("GET", `/2015-03-31${FUNCTION}/configuration`, "GetFunctionConfiguration", (operation) => {
    const { call, context, functionName, query } = operation;
    const target = context.registry.resolve(functionName, query.get("Qualifier") ?? undefined);
    writeAnswer(call, 200, configurationView(target));
  }),
  route("PUT", `/2017-10-31${FUNCTION}/concurrency`, "PutFunctionConcurrency", async (operation) => {
    const { call, context, functionName } = operation;
    const body = await readFields(operation);
    const reserved = numberOf(body, "ReservedConcurrentExecutions");
    if (reserved === undefined) throw invalidParameter("ReservedConcurrentExecutions is missing.");
    context.deployment.setReservedConcurrency(functionName, reserved);
    writeAnswer(call, 200, { ReservedConcurrentExecutions: reserved });
  }),
  route("DELETE", `/2017-10-31${FUNCTION}/concurrency`, "DeleteFunctionConcurrency", (operation) => {
    operation.context.deployment.setReservedConcurrency(operation.functionName, undefined);
    writeAnswer(operation.call, 204, undefined);
  }),
  route("GET", `/2019-09-30${FUNCTION}/concurrency`, "GetFunctionConcurrency", ({ call, context, functionName }) => {
    const { reservedConcurrency } = context.registry.find(functionName);
    writeAnswer(call, 200, {
      ...(reservedConcurrency === undefined ? {} : { ReservedConcurrentExecutions: reservedConcurrency }),
    });
  }),
  route("PUT", `/2019-09-25${FUNCTION}/event-invoke-config`, "PutFunctionEventInvokeConfig", async (operation) => {
    const { call, context, functionName, query } = operation;
    const config = eventInvokeConfigOf(await readFields(operation));
    const qualifier = query.get("Qualifier") ?? undefined;
    context.deployment.setEventInvokeConfig(functionName, config, qualifier);
    writeAnswer(call, 200, eventInvokeConfigView(context.registry.resolve(functionName, qualifier)));
  }),
  route("GET", `/2019-09-25${FUNCTION}/event-invoke-config`, "GetFunctionEventInvokeConfig", (operation) => {
    const { call, context, functionName, query } = operation;
    const target = context.registry.resolve(functionName, query.get("Qualifier") ?? undefined);
    if (!target.record.eventInvokeConfigs.has(target.qualifier ?? "$LATEST")) {
      throw new LambdaError(
        "ResourceNotFoundException",
        404,
        `The function ${target.invokedArn} doesn't have an EventInvokeConfig`,
      );
    }
    writeAnswer(call, 200, eventInvokeConfigView(target));
  }),
  route("PUT", `/2024-08-31${FUNCTION}/recursion-config`, "PutFunctionRecursionConfig", async (operation) => {
    const { call, context, functionName } = operation;
    const body = await readFields(operation);
    // The deployment refuses any other value.
    const recursiveLoop = body.RecursiveLoop as RecursiveLoop;
    context.deployment.setRecursiveLoop(functionName, recursiveLoop);
    writeAnswer(call, 200, { RecursiveLoop: recursiveLoop });
  }),
  route("GET", `/2024-08-31${FUNCTION}/recursion-config`, "GetFunctionRecursionConfig", (operation) => {
    const { recursiveLoop } = operation.context.registry.find(operation.functionName);
    writeAnswer(operation.call, 200, { RecursiveLoop: recursiveLoop });
  }),
];

async function invoke({ call, context, functionName, query }: Operation): Promise<void> {
  const header = (name: string) => {
    const value = call.request.headers[name];
    return typeof value === "string" ? value : undefined;
  };
  const qualifier = query.get("Qualifier") ?? undefined;
  const clientContext = header("x-amz-client-context");
  const result = await context.invokeApi.invoke({
    functionName,
    ...(qualifier === undefined ? {} : { qualifier }),
    ...(clientContext === undefined ? {} : { clientContext: decodeClientContext(clientContext) }),
    // Any other value is refused by the operation itself.
    invocationType: (header("x-amz-invocation-type") ?? "RequestResponse") as NonNullable<
      InvokeRequest["invocationType"]
    >,
    payload: textOf(await readBytes(call.request)),
    traceHeader: call.traceHeader,
    wantsLogTail: wantsLogTail(header("x-amz-log-type") ?? "None"),
    requestId: call.requestId,
  });
  const { response } = call;
  response.setHeader("x-amzn-RequestId", result.requestId);
  if (result.executedVersion) response.setHeader("X-Amz-Executed-Version", result.executedVersion);
  if (result.functionError) response.setHeader("X-Amz-Function-Error", result.functionError);
  if (result.logTail !== undefined) response.setHeader("X-Amz-Log-Result", result.logTail);
  const body = Buffer.from(result.payload ?? "", "utf8");
  if (result.statusCode !== 204) response.setHeader("Content-Length", body.length);
  response.writeHead(result.statusCode, { "Content-Type": "application/json" });
  response.end(body);
}

/** @throws LambdaError for bytes that are no UTF-8, which would be lost otherwise. */
function textOf(payload: Buffer): string {
  if (!isUtf8(payload)) throw invalidPayload(payload, "it is not UTF-8");
  return payload.toString("utf8");
}

function wantsLogTail(logType: string): boolean {
  if (logType === "None" || logType === "Tail") return logType === "Tail";
  throw invalidParameter(`LogType is ${JSON.stringify(logType.slice(0, 40))}; it must be None or Tail.`);
}

/** Base64 to JSON text of ASCII alone, which is what an HTTP header can carry to the runtime. */
function decodeClientContext(base64: string): string {
  const text = Buffer.from(base64, "base64").toString("utf8");
  try {
    return JSON.stringify(JSON.parse(text)).replace(
      /[\u007f-\uffff]/g,
      (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, "0")}`,
    );
  } catch {
    throw invalidRequestContent("Client context must be a valid Base64-encoded JSON object.");
  }
}

function listFunctions({ call, context, query }: Operation): void {
  const names = [...context.registry.records.keys()].sort();
  const from = query.get("Marker");
  const left = from === null ? names : names.filter((name) => name > from);
  const page = left.slice(0, Math.min(50, maxItems(query, 50)));
  writeAnswer(call, 200, {
    Functions: page.map((name) => configurationView(context.registry.resolve(name))),
    ...(page.length < left.length ? { NextMarker: page.at(-1) } : {}),
  });
}

function eventInvokeConfigOf(body: Record<string, unknown>): EventInvokeConfig {
  const destination = (name: "OnSuccess" | "OnFailure"): string | undefined => {
    const config = (body.DestinationConfig ?? {}) as Record<string, { Destination?: unknown } | null | undefined>;
    const arn = config[name]?.Destination;
    return typeof arn === "string" && arn !== "" ? arn : undefined;
  };
  const retries = numberOf(body, "MaximumRetryAttempts");
  const ageSeconds = numberOf(body, "MaximumEventAgeInSeconds");
  const onFailureArn = destination("OnFailure");
  const onSuccessArn = destination("OnSuccess");
  return {
    ...(retries === undefined ? {} : { maximumRetryAttempts: retries }),
    ...(ageSeconds === undefined ? {} : { maximumEventAgeSeconds: ageSeconds }),
    ...(onFailureArn === undefined ? {} : { onFailureArn }),
    ...(onSuccessArn === undefined ? {} : { onSuccessArn }),
  };
}
