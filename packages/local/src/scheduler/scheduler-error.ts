/** An error of the EventBridge Scheduler API. `code` is the shape name the SDK turns into an error class. */
export class SchedulerError extends Error {
  readonly code: string;
  readonly httpStatus: number;
  constructor(code: string, httpStatus: number, message: string) {
    super(message);
    this.name = "SchedulerError";
    this.code = code;
    this.httpStatus = httpStatus;
  }
}

/** Names AWS gives the errors this service answers with. */
export const schedulerErrors = {
  validation: (message: string) => new SchedulerError("ValidationException", 400, message),
  noSchedule: (name: string) =>
    new SchedulerError("ResourceNotFoundException", 404, `Schedule ${name} does not exist.`),
  noGroup: (name: string) =>
    new SchedulerError("ResourceNotFoundException", 404, `Schedule group ${name} does not exist.`),
  scheduleExists: (name: string) => new SchedulerError("ConflictException", 409, `Schedule ${name} already exists.`),
  groupExists: (name: string) => new SchedulerError("ConflictException", 409, `Schedule group ${name} already exists.`),
  malformed: (message: string) => new SchedulerError("SerializationException", 400, message),
  unknownOperation: (message: string) => new SchedulerError("UnknownOperationException", 404, message),
  accessDenied: (message: string) => new SchedulerError("AccessDeniedException", 403, message),
} as const;
