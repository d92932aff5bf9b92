import type { Service, ServiceCall } from "../gateway/service.ts";
import { checkBody, checkRequest, type LambdaOperation } from "../lambda/inputs.ts";
import { invalidParameter, LambdaError } from "../lambda/lambda-error.ts";
import { answerError, maxItems, numberOf, readJson, writeAnswer } from "../lambda/rest-json.ts";
import type { EventSourceMapping, EventSourceMappings } from "./event-source-mappings.ts";
import type { MappingSettings } from "./mapping-settings.ts";

const path = /^\/2015-03-31\/event-source-mappings(?:\/([^/]*))?\/?$/;

/** The Lambda API with the operations on event source mappings; all others go to `lambda`. */
export function withEventSourceApi(lambda: Service, mappings: EventSourceMappings): Service {
  return {
    handle(call) {
      const url = new URL(call.request.url ?? "/", "http://lambda");
      const match = path.exec(url.pathname);
      return match ? handle(mappings, call, match[1] ?? "", url.searchParams) : lambda.handle(call);
    },
    async stop() {
      mappings.stop();
      await lambda.stop?.();
    },
  };
}

async function handle(
  mappings: EventSourceMappings,
  call: ServiceCall,
  uuid: string,
  query: URLSearchParams,
): Promise<void> {
  try {
    const operation = operations[`${call.request.method} ${uuid === "" ? "all" : "one"}`];
    if (!operation) {
      throw new LambdaError("UnknownOperationException", 404, `No operation ${call.request.method} on mappings.`);
    }
    const [name, run] = operation;
    checkRequest(name, call.request.headers, query);
    const mappingArn = `arn:aws:lambda:${call.region}:${call.accountId}:event-source-mapping:${uuid}`;
    // Creating and listing name no resource: https://docs.aws.amazon.com/service-authorization/latest/reference/list_awslambda.html
    call.authorize(`lambda:${name}`, uuid === "" ? "*" : mappingArn);
    await run({ mappings, call, uuid, query });
  } catch (error) {
    answerError(call, error);
  }
}

type Operation = {
  readonly mappings: EventSourceMappings;
  readonly call: ServiceCall;
  readonly uuid: string;
  readonly query: URLSearchParams;
};

const operations: Readonly<Record<string, readonly [LambdaOperation, (operation: Operation) => void | Promise<void>]>> =
  {
    "POST all": [
      "CreateEventSourceMapping",
      async ({ mappings, call }) => {
        const body = await readFields("CreateEventSourceMapping", call);
        const { functionName, ...settings } = settingsOf(body);
        if (functionName === undefined) throw invalidParameter("FunctionName is missing.");
        if (typeof body.EventSourceArn !== "string") throw invalidParameter("EventSourceArn is missing.");
        const mapping = mappings.create(body.EventSourceArn, { ...settings, functionName });
        writeAnswer(call, 202, view(mapping, "Creating"));
      },
    ],
    "GET all": ["ListEventSourceMappings", list],
    "GET one": [
      "GetEventSourceMapping",
      ({ mappings, call, uuid }) => writeAnswer(call, 200, view(mappings.get(uuid))),
    ],
    "PUT one": [
      "UpdateEventSourceMapping",
      async ({ mappings, call, uuid }) => {
        const settings = settingsOf(await readFields("UpdateEventSourceMapping", call));
        const before = mappings.get(uuid).settings.isEnabled;
        const mapping = mappings.update(uuid, settings);
        const { isEnabled } = mapping.settings;
        writeAnswer(call, 202, view(mapping, before === isEnabled ? "Updating" : isEnabled ? "Enabling" : "Disabling"));
      },
    ],
    "DELETE one": [
      "DeleteEventSourceMapping",
      ({ mappings, call, uuid }) => writeAnswer(call, 202, view(mappings.delete(uuid), "Deleting")),
    ],
  };

async function readFields(operation: LambdaOperation, call: ServiceCall): Promise<Record<string, unknown>> {
  const body = await readJson(call.request);
  checkBody(operation, body);
  return body;
}

function list({ mappings, call, query }: Operation): void {
  const eventSourceArn = query.get("EventSourceArn");
  const functionName = query.get("FunctionName");
  const all = mappings.list({
    ...(eventSourceArn !== null && { eventSourceArn }),
    ...(functionName !== null && { functionName }),
  });
  const from = Number(query.get("Marker") ?? 0);
  if (!Number.isInteger(from) || from < 0) throw invalidParameter("Marker is not one that a list gave.");
  const most = Math.min(100, maxItems(query, 100));
  const hasMore = from + most < all.length;
  writeAnswer(call, 200, {
    EventSourceMappings: all.slice(from, from + most).map((mapping) => view(mapping)),
    ...(hasMore && { NextMarker: String(from + most) }),
  });
}

/** @throws LambdaError naming the member that has the wrong form. */
function settingsOf(body: Readonly<Record<string, unknown>>): MappingSettings {
  const refuse = (name: string, want: string): never => {
    throw invalidParameter(`${name} must be ${want}.`);
  };
  const { FunctionName, Enabled, FilterCriteria, FunctionResponseTypes, ScalingConfig } = body;
  if (FunctionName !== undefined && typeof FunctionName !== "string") refuse("FunctionName", "a text");
  if (Enabled !== undefined && typeof Enabled !== "boolean") refuse("Enabled", "true or false");
  const batchSize = numberOf(body, "BatchSize");
  const maximumBatchingWindowSeconds = numberOf(body, "MaximumBatchingWindowInSeconds");
  return {
    ...(typeof FunctionName === "string" && { functionName: FunctionName }),
    ...(typeof Enabled === "boolean" && { isEnabled: Enabled }),
    ...(batchSize !== undefined && { batchSize }),
    ...(maximumBatchingWindowSeconds !== undefined && { maximumBatchingWindowSeconds }),
    ...(FilterCriteria !== undefined && { filterPatterns: patternsOf(FilterCriteria) }),
    ...(FunctionResponseTypes !== undefined && { reportsBatchItemFailures: reportsFailures(FunctionResponseTypes) }),
    ...(ScalingConfig !== undefined && {
      maximumConcurrency: numberOf((ScalingConfig ?? {}) as Record<string, unknown>, "MaximumConcurrency") ?? null,
    }),
  };
}

function patternsOf(criteria: unknown): readonly string[] {
  const filters = (criteria as { readonly Filters?: unknown } | null)?.Filters ?? [];
  if (!Array.isArray(filters)) throw invalidParameter("FilterCriteria.Filters must be a list.");
  return filters.map((filter: { readonly Pattern?: unknown } | null) => {
    if (typeof filter?.Pattern !== "string") throw invalidParameter("A filter must have a Pattern.");
    return filter.Pattern;
  });
}

function reportsFailures(types: unknown): boolean {
  if (!Array.isArray(types) || types.some((type) => type !== "ReportBatchItemFailures")) {
    throw invalidParameter("FunctionResponseTypes must be empty or [ReportBatchItemFailures].");
  }
  return types.length > 0;
}

function view({ settings, ...mapping }: EventSourceMapping, state?: string): object {
  const { filterPatterns, maximumConcurrency } = settings;
  return {
    UUID: mapping.uuid,
    EventSourceMappingArn: mapping.arn,
    EventSourceArn: mapping.eventSourceArn,
    FunctionArn: mapping.functionArn,
    BatchSize: settings.batchSize,
    MaximumBatchingWindowInSeconds: settings.windowSeconds,
    FunctionResponseTypes: settings.reportsBatchItemFailures ? ["ReportBatchItemFailures"] : [],
    ...(filterPatterns.length > 0 && { FilterCriteria: { Filters: filterPatterns.map((Pattern) => ({ Pattern })) } }),
    ...(maximumConcurrency !== undefined && { ScalingConfig: { MaximumConcurrency: maximumConcurrency } }),
    State: state ?? (settings.isEnabled ? "Enabled" : "Disabled"),
    StateTransitionReason: "USER_INITIATED",
    ...(mapping.problem !== undefined && { LastProcessingResult: `PROBLEM: ${mapping.problem}` }),
    LastModified: mapping.modifiedAtMs / 1000,
  };
}
