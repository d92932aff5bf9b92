/** An error of the CloudWatch Logs API. `code` is the shape name the SDK turns into an error class. */
export class LogsError extends Error {
  readonly code: string;
  readonly httpStatus: number;
  readonly queryCode: string;
  constructor(code: string, message: string, httpStatus = 400) {
    super(message);
    this.name = "LogsError";
    this.code = code;
    this.httpStatus = httpStatus;
    this.queryCode = code;
  }
}

/** Names AWS gives the errors this service answers with. */
export const logsErrors = {
  invalidParameter: (message: string) => new LogsError("InvalidParameterException", message),
  noGroup: () => new LogsError("ResourceNotFoundException", "The specified log group does not exist."),
  noStream: () => new LogsError("ResourceNotFoundException", "The specified log stream does not exist."),
  malformed: (message: string) => new LogsError("SerializationException", message),
  unknownOperation: (message: string) => new LogsError("UnknownOperationException", message, 404),
  accessDenied: (message: string) => new LogsError("AccessDeniedException", message),
} as const;
