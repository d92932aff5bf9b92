import { checkFields } from "../gateway/json-protocol.ts";
import { RequestTooLarge, readBody } from "../gateway/request-body.ts";
import type { Fields } from "../gateway/request-fields.ts";
import { AccessDenied, type Service, type ServiceCall } from "../gateway/service.ts";
import { SCHEDULER_INPUTS, type SchedulerOperationName } from "./inputs.ts";
import * as group from "./operations/group-operations.ts";
import * as tags from "./operations/group-tags.ts";
import { type SchedulerContext, type SchedulerOperation, schedulerFields } from "./operations/operation.ts";
import * as schedule from "./operations/schedule-operations.ts";

import type { SchedulerService } from "./scheduler.ts";
import { SchedulerError, schedulerErrors } from "./scheduler-error.ts";

/** Options of the API of EventBridge Scheduler. */
export interface SchedulerApiOptions {
  readonly scheduler: SchedulerService;
  readonly region: string;
  readonly accountId: string;
}

interface Route {
  readonly method: string;
  /** The first part of its path. */
  readonly collection: string;
  /** The parameter that follows it, if one does. */
  readonly label: string | undefined;
  readonly name: SchedulerOperationName;
  readonly run: SchedulerOperation;
}

const route = (way: string, name: SchedulerOperationName, run: SchedulerOperation): Route => {
  const [method = "", path = ""] = way.split(" ");
  const [, collection = "", label] = path.split("/");
  return { method, collection, label: label?.slice(1, -1), name, run };
};

/** https://docs.aws.amazon.com/scheduler/latest/APIReference/API_Operations.html */
const ROUTES: readonly Route[] = [
  route("POST /schedules/{Name}", "CreateSchedule", schedule.createSchedule),
  route("PUT /schedules/{Name}", "UpdateSchedule", schedule.updateSchedule),
  route("GET /schedules/{Name}", "GetSchedule", schedule.getSchedule),
  route("DELETE /schedules/{Name}", "DeleteSchedule", schedule.deleteSchedule),
  route("GET /schedules", "ListSchedules", schedule.listSchedules),
  route("POST /schedule-groups/{Name}", "CreateScheduleGroup", group.createScheduleGroup),
  route("GET /schedule-groups/{Name}", "GetScheduleGroup", group.getScheduleGroup),
  route("DELETE /schedule-groups/{Name}", "DeleteScheduleGroup", group.deleteScheduleGroup),
  route("GET /schedule-groups", "ListScheduleGroups", group.listScheduleGroups),
  route("POST /tags/{ResourceArn}", "TagResource", tags.tagGroup),
  route("DELETE /tags/{ResourceArn}", "UntagResource", tags.untagGroup),
  route("GET /tags/{ResourceArn}", "ListTagsForResource", tags.listGroupTags),
];

/** An input of up to 256 KB, escaped as JSON, and room for what is around it. */
const MAX_REQUEST_BYTES = 2 * 1024 * 1024;

/** The names of query parameters that differ from the SDK's. */
const QUERY_NAMES: Readonly<Record<string, string>> = {
  ScheduleGroup: "GroupName",
  groupName: "GroupName",
  clientToken: "ClientToken",
};

/** The API of EventBridge Scheduler (REST-JSON), behind the gateway. */
export function createSchedulerApi(options: SchedulerApiOptions): Service {
  const creations = new Map<string, string>();
  return { handle: (call) => answer({ ...options, creations, authorize: call.authorize }, call) };
}

async function answer(context: SchedulerContext, call: ServiceCall): Promise<void> {
  const { request } = call;
  try {
    const url = new URL(request.url ?? "/", "http://scheduler");
    const [collection, label, ...rest] = url.pathname.split("/").filter((part) => part !== "");
    const found = ROUTES.find(
      (each) =>
        each.method === request.method &&
        each.collection === collection &&
        (each.label === undefined) === (label === undefined) &&
        rest.length === 0,
    );
    if (!found) {
      const served = ROUTES.map(({ name }) => name).join(", ");
      throw schedulerErrors.unknownOperation(
        `The embedded EventBridge Scheduler does not serve ${request.method} ${url.pathname.slice(0, 100)}. It serves ${served}.`,
      );
    }
    const body = schedulerFields.parseFields((await readBody(request, MAX_REQUEST_BYTES)).toString());
    const input: Fields = {
      ...Object.fromEntries([...url.searchParams].map(([name, value]) => [QUERY_NAMES[name] ?? name, value])),
      ...(found.name === "UntagResource" && { TagKeys: url.searchParams.getAll("TagKeys") }),
      ...body,
      ...(found.label !== undefined && label !== undefined && { [found.label]: decodeURIComponent(label) }),
    };
    const inputs = { name: found.name, inputs: SCHEDULER_INPUTS[found.name] };
    checkFields("EventBridge Scheduler", inputs, input, schedulerErrors.validation);
    write(call, 200, found.run(context, input));
  } catch (error) {
    const known = protocolError(error);
    call.response.setHeader("x-amzn-errortype", known.code);
    write(call, known.httpStatus, { Message: known.message });
  }
}

function write({ response }: ServiceCall, status: number, answer: object): void {
  if (response.destroyed) return;
  const body = JSON.stringify(answer);
  response.writeHead(status, { "content-type": "application/json", "content-length": Buffer.byteLength(body) });
  response.end(body);
}

function protocolError(error: unknown): SchedulerError {
  if (error instanceof SchedulerError) return error;
  if (error instanceof AccessDenied) return schedulerErrors.accessDenied(error.message);
  if (error instanceof RequestTooLarge) return schedulerErrors.validation(error.message);
  throw error;
}
