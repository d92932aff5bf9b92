/** An error of the CloudWatch API. `code` is the shape name the SDK turns into an error class. */
export class CloudWatchError extends Error {
  readonly code: string;
  readonly httpStatus: number;
  /** The code of the older query protocol, which AWS still sends in `x-amzn-query-error`. */
  readonly queryCode: string;
  constructor(code: string, httpStatus: number, message: string, queryCode: string = code) {
    super(message);
    this.name = "CloudWatchError";
    this.code = code;
    this.httpStatus = httpStatus;
    this.queryCode = queryCode;
  }
}

/** Names AWS gives the errors this service answers with. */
export const cloudWatchErrors = {
  validation: (message: string) => new CloudWatchError("ValidationException", 400, message, "ValidationError"),
  missingParameter: (name: string) =>
    new CloudWatchError(
      "MissingRequiredParameterException",
      400,
      `The parameter ${name} is required.`,
      "MissingParameter",
    ),
  invalidValue: (message: string) =>
    new CloudWatchError("InvalidParameterValueException", 400, message, "InvalidParameterValue"),
  invalidCombination: (message: string) =>
    new CloudWatchError("InvalidParameterCombinationException", 400, message, "InvalidParameterCombination"),
  invalidFormat: (message: string) => new CloudWatchError("InvalidFormatFault", 400, message, "InvalidFormat"),
  invalidToken: () => new CloudWatchError("InvalidNextToken", 400, "The next token is not valid."),
  resourceNotFound: (arn: string) =>
    new CloudWatchError("ResourceNotFoundException", 404, `There is no resource ${arn.slice(0, 300)}.`),
  notFound: (what: string) => new CloudWatchError("ResourceNotFound", 404, `There is no ${what}.`),
  unknownOperation: (message: string) =>
    new CloudWatchError("UnknownOperationException", 404, message, "InvalidAction"),
  accessDenied: (message: string) => new CloudWatchError("AccessDeniedException", 403, message, "AccessDenied"),
} as const;
