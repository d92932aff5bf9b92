/** An error of the EventBridge API. `code` is the shape name the SDK turns into an error class. */
export class EventsError extends Error {
  readonly code: string;
  readonly httpStatus: number;
  readonly queryCode: string;
  constructor(code: string, message: string, httpStatus = 400) {
    super(message);
    this.name = "EventsError";
    this.code = code;
    this.httpStatus = httpStatus;
    this.queryCode = code;
  }
}

/** Names AWS gives the errors this service answers with. */
export const eventsErrors = {
  validation: (message: string) => new EventsError("ValidationException", message),
  invalidPattern: (message: string) => new EventsError("InvalidEventPatternException", message),
  noBus: (name: string) => new EventsError("ResourceNotFoundException", `Event bus ${name} does not exist.`),
  noRule: (name: string, bus: string) =>
    new EventsError("ResourceNotFoundException", `Rule ${name} does not exist on EventBus ${bus}.`),
  busExists: (name: string) => new EventsError("ResourceAlreadyExistsException", `Event bus ${name} already exists.`),
  hasTargets: () => new EventsError("ValidationException", "Rule can't be deleted since it has targets."),
  malformed: (message: string) => new EventsError("SerializationException", message),
  unknownOperation: (message: string) => new EventsError("UnknownOperationException", message, 404),
  accessDenied: (message: string) => new EventsError("AccessDeniedException", message),
} as const;
