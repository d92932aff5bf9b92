import type { ServiceCall } from "../gateway/service.ts";
import type { FunctionDeployment } from "./function-deployment.ts";
import type { FunctionRegistry } from "./function-registry.ts";
import { checkBody, type LambdaOperation } from "./inputs.ts";
import type { InvokeApi } from "./invoke-api.ts";
import { readJson } from "./rest-json.ts";

/** The state that the HTTP API works on. */
export interface HttpApiContext {
  readonly registry: FunctionRegistry;
  readonly invokeApi: InvokeApi;
  readonly deployment: FunctionDeployment;
}

/** One call of an operation. */
export interface Operation {
  readonly name: LambdaOperation;
  readonly call: ServiceCall;
  readonly functionName: string;
  /** The second name in the path: an alias, a statement; empty if there is none. */
  readonly subject: string;
  readonly query: URLSearchParams;
  readonly context: HttpApiContext;
}

/** An operation, and how requests for it look. */
export interface Route {
  readonly method: string;
  readonly path: RegExp;
  /** Also the IAM action, but for Invoke. */
  readonly name: LambdaOperation;
  readonly run: (operation: Operation) => void | Promise<void>;
}

/** The part of a path that names a function. */
export const FUNCTION = "/functions/([^/]+)";

/** @param path - as a regular expression whose groups are the function and the subject. */
export const route = (method: string, path: string, name: LambdaOperation, run: Route["run"]): Route => ({
  method,
  path: new RegExp(`^${path}/?$`),
  name,
  run,
});

/** The fields of a call's body. @throws LambdaError for one that the operation does not serve. */
export async function readFields({ call, name }: Operation): Promise<Record<string, unknown>> {
  const body = await readJson(call.request);
  checkBody(name, body);
  return body;
}
