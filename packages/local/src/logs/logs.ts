import type { Clock } from "../gateway/clock.ts";
import { checkFields, operationOf, writeJson, writeServiceError } from "../gateway/json-protocol.ts";
import { RequestTooLarge, readBody } from "../gateway/request-body.ts";
import { AccessDenied, type Service, type ServiceCall } from "../gateway/service.ts";
import type { LambdaObserver } from "../lambda/lambda-events.ts";
import { LogGroups } from "./log-groups.ts";
import { LogsError, logsErrors } from "./logs-error.ts";
import { logsFields, logsOperations } from "./operations.ts";

/** Options of the embedded CloudWatch Logs. */
export interface LogsOptions {
  readonly region: string;
  readonly accountId: string;
  readonly clock: Clock;
  /** The source of functions' logs. */
  readonly functions: Pick<LambdaObserver, "on">;
}

const MAX_REQUEST_BYTES = 1024 * 1024;

/** Creates the embedded CloudWatch Logs, which keeps what functions log from then on: the newest 32 MB of each group. */
export function createLogs(options: LogsOptions): Service {
  const groups = new LogGroups();
  options.functions.on("log", ({ logGroup, logStream, line }) =>
    groups.add(logGroup, logStream, options.clock.nowMs(), line),
  );
  return { handle: (call) => answer(options, groups, call) };
}

async function answer({ region, accountId }: LogsOptions, groups: LogGroups, call: ServiceCall): Promise<void> {
  const { request, response, requestId } = call;
  try {
    const operation = operationOf(request, "CloudWatch Logs", logsOperations, logsErrors.unknownOperation);
    const input = logsFields.parseFields((await readBody(request, MAX_REQUEST_BYTES)).toString());
    checkFields("CloudWatch Logs", operation, input, logsErrors.invalidParameter);
    const context = { groups, region, accountId, authorize: call.authorize.bind(call) };
    writeJson(response, 200, operation.run(context, input));
  } catch (error) {
    const known = protocolError(error);
    writeServiceError(request, response, { ...errorForm, status: known.httpStatus, requestId }, known);
  }
}

const errorForm = {
  namespace: "com.amazonaws.logs",
  queryNamespace: "http://logs.amazonaws.com/doc/2014-03-28/",
} as const;

function protocolError(error: unknown): LogsError {
  if (error instanceof LogsError) return error;
  if (error instanceof AccessDenied) return logsErrors.accessDenied(error.message);
  if (error instanceof RequestTooLarge) return logsErrors.invalidParameter(error.message);
  throw error;
}
