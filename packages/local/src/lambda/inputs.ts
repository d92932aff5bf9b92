import {
  allServed,
  harmless,
  type Inputs,
  list,
  only,
  served,
  structure,
  unservedInput,
  unservedMessage,
} from "../gateway/inputs.ts";
import { invalidParameter } from "./lambda-error.ts";

/** The inputs of an operation besides the names in its path. */
interface OperationInputs {
  /** `x-amz-*` headers, in lower case. */
  readonly headers?: Inputs;
  readonly query?: Inputs;
  /** Fields of its JSON. */
  readonly body?: Inputs;
}

const everywhere: Inputs = {
  "x-amz-content-sha256": harmless("signatures are not checked"),
  "x-amz-date": harmless("signatures are not checked"),
  "x-amz-region-set": harmless("signatures are not checked"),
  "x-amz-security-token": harmless("any credentials are accepted"),
  "x-amz-user-agent": harmless("it describes the client"),
};

const qualified: OperationInputs = { query: allServed("Qualifier") };
const settings: Inputs = {
  ...allServed("FunctionName", "Enabled", "BatchSize", "MaximumBatchingWindowInSeconds", "FunctionResponseTypes"),
  FilterCriteria: structure({ Filters: list(structure(allServed("Pattern"))) }),
  ScalingConfig: structure(allServed("MaximumConcurrency")),
  LoggingConfig: harmless("logs of mappings are not written"),
};

/** The one list of what the embedded Lambda takes, by operation. */
const INPUTS = {
  Invoke: {
    headers: allServed("x-amz-invocation-type", "x-amz-log-type", "x-amz-client-context"),
    query: allServed("Qualifier"),
  },
  ListFunctions: {
    query: {
      ...allServed("Marker", "MaxItems"),
      MasterRegion: only(["ALL"], "there are no replicas of other regions"),
    },
  },
  GetFunction: qualified,
  GetFunctionConfiguration: qualified,
  PublishVersion: { body: allServed("Description") },
  // Not RoutingConfig: an alias has one version.
  CreateAlias: { body: allServed("Name", "FunctionVersion", "Description") },
  UpdateAlias: { body: allServed("FunctionVersion", "Description") },
  GetAlias: {},
  ListAliases: { query: allServed("FunctionVersion", "Marker", "MaxItems") },
  DeleteAlias: {},
  // Not Qualifier: permissions are kept for the function as a whole.
  GetPolicy: {},
  AddPermission: {
    query: allServed("Qualifier"),
    body: allServed("StatementId", "Action", "Principal", "SourceArn", "SourceAccount"),
  },
  RemovePermission: {},
  PutFunctionConcurrency: { body: allServed("ReservedConcurrentExecutions") },
  DeleteFunctionConcurrency: {},
  GetFunctionConcurrency: {},
  PutFunctionEventInvokeConfig: {
    query: allServed("Qualifier"),
    body: {
      ...allServed("MaximumRetryAttempts", "MaximumEventAgeInSeconds"),
      DestinationConfig: structure({
        OnSuccess: structure(allServed("Destination")),
        OnFailure: structure(allServed("Destination")),
      }),
    },
  },
  GetFunctionEventInvokeConfig: qualified,
  PutFunctionRecursionConfig: { body: allServed("RecursiveLoop") },
  GetFunctionRecursionConfig: {},
  CreateEventSourceMapping: {
    body: {
      ...settings,
      EventSourceArn: served,
      Tags: harmless("no operation that is served tells the tags of a mapping"),
    },
  },
  UpdateEventSourceMapping: { body: settings },
  GetEventSourceMapping: {},
  ListEventSourceMappings: { query: allServed("EventSourceArn", "FunctionName", "Marker", "MaxItems") },
  DeleteEventSourceMapping: {},
} as const satisfies Readonly<Record<string, OperationInputs>>;

/** An operation of the Lambda API that is served. */
export type LambdaOperation = keyof typeof INPUTS;

/** Every operation of the Lambda API that is served. */
export const LAMBDA_OPERATIONS = Object.keys(INPUTS) as readonly LambdaOperation[];

/** The inputs of an operation, headers of all operations included. */
export function inputsOf(operation: LambdaOperation): Required<OperationInputs> {
  const own: OperationInputs = INPUTS[operation];
  return { headers: { ...everywhere, ...own.headers }, query: own.query ?? {}, body: own.body ?? {} };
}

/**
 * Refuses headers and query parameters that an operation does not serve.
 *
 * @throws LambdaError `InvalidParameterValueException` naming the first.
 */
export function checkRequest(
  operation: LambdaOperation,
  headers: Readonly<Record<string, unknown>>,
  query: URLSearchParams,
): void {
  const inputs = inputsOf(operation);
  const own = Object.entries(headers).filter(([name]) => name.startsWith("x-amz-"));
  const header = unservedInput(inputs.headers, Object.fromEntries(own));
  if (header !== undefined) throw invalidParameter(unservedMessage("Lambda", operation, "header", header));
  const parameter = unservedInput(inputs.query, Object.fromEntries(query));
  if (parameter !== undefined) throw invalidParameter(unservedMessage("Lambda", operation, "parameter", parameter));
}

/** @throws LambdaError `InvalidParameterValueException` naming the first field that the operation does not serve. */
export function checkBody(operation: LambdaOperation, body: Readonly<Record<string, unknown>>): void {
  const field = unservedInput(inputsOf(operation).body, body);
  if (field !== undefined) throw invalidParameter(unservedMessage("Lambda", operation, "parameter", field));
}
