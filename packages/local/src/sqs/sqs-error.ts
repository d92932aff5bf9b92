/** An error of the SQS protocol. `code` is the shape name the SDK turns into an error class. */
export class SqsError extends Error {
  readonly code: string;
  /** The code of the older query protocol, which AWS still sends in `x-amzn-query-error`. */
  readonly queryCode: string;
  /** HTTP status. */
  readonly status: number;
  constructor(code: string, message: string, queryCode: string = code, status = 400) {
    super(message);
    this.status = status;
    this.name = "SqsError";
    this.code = code;
    this.queryCode = queryCode;
  }
}

/** Names AWS gives the errors this service answers with. */
export const sqsErrors = {
  queueDoesNotExist: () =>
    new SqsError("QueueDoesNotExist", "The specified queue does not exist.", "AWS.SimpleQueueService.NonExistentQueue"),
  queueNameExists: (attribute: string) =>
    new SqsError(
      "QueueNameExists",
      `A queue already exists with the same name and a different value for attribute ${attribute}`,
      "QueueAlreadyExists",
    ),
  invalidParameterValue: (message: string) => new SqsError("InvalidParameterValue", message),
  missingParameter: (name: string) =>
    new SqsError("MissingParameter", `The request must contain the parameter ${name}.`),
  invalidAttributeName: (name: string) => new SqsError("InvalidAttributeName", `Unknown Attribute ${name}.`),
  attributeOfFifoOnly: (name: string) =>
    new SqsError("InvalidAttributeName", `You can specify the ${name} only when FifoQueue is set to true.`),
  twoEncryptions: () =>
    new SqsError(
      "InvalidAttributeName",
      "You can use one type of server-side encryption (SSE) at one time. You can either enable KMS SSE or SQS SSE.",
    ),
  invalidAttributeValue: (name: string) =>
    new SqsError("InvalidAttributeValue", `Invalid value for the parameter ${name}.`),
  unsupported: (message: string) =>
    new SqsError("UnsupportedOperation", message, "AWS.SimpleQueueService.UnsupportedOperation"),
  receiptHandleIsInvalid: () => new SqsError("ReceiptHandleIsInvalid", "The input receipt handle is invalid."),
  receiptHandleOfAnotherQueue: (handle: string) =>
    new SqsError("ReceiptHandleIsInvalid", `The receipt handle "${handle}" is not valid for this queue.`),
  messageNotInflight: () =>
    new SqsError("MessageNotInflight", "The message is not in flight.", "AWS.SimpleQueueService.MessageNotInflight"),
  purgeInProgress: (queue: string) =>
    new SqsError(
      "PurgeQueueInProgress",
      `Only one PurgeQueue operation on ${queue} is allowed every 60 seconds.`,
      "AWS.SimpleQueueService.PurgeQueueInProgress",
      403,
    ),
  overLimit: () => new SqsError("OverLimit", "Too many messages are in flight in this queue.", "OverLimit"),
  resourceNotFound: (message: string) =>
    new SqsError("ResourceNotFoundException", message, "ResourceNotFoundException", 404),
  queueOfMoveNotFound: (parameter: "SourceArn" | "DestinationArn") =>
    new SqsError(
      "ResourceNotFoundException",
      `The resource that you specified for the ${parameter} parameter doesn't exist.`,
      "ResourceNotFoundException",
      404,
    ),
} as const;
