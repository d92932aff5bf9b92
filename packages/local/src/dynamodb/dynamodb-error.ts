/** An error of the DynamoDB protocol, with the body that is sent for it. */
export class DynamoDbError extends Error {
  readonly status: number;
  readonly body: Readonly<Record<string, unknown>>;
  constructor(status: number, body: Readonly<Record<string, unknown>>) {
    super(messageOf(body));
    this.name = "DynamoDbError";
    this.status = status;
    this.body = body;
  }

  /** The short name of the error, e.g. `ConditionalCheckFailedException`. */
  get code(): string {
    const type = String(this.body.__type ?? "InternalServerError");
    return type.slice(type.indexOf("#") + 1);
  }
}

/** An error as the SDK recognises it. */
export function dynamoDbError(code: string, message: string, status = 400): DynamoDbError {
  const space = code === "ValidationException" ? "com.amazon.coral.validate" : "com.amazonaws.dynamodb.v20120810";
  return new DynamoDbError(status, { __type: `${space}#${code}`, message });
}

function messageOf(body: Readonly<Record<string, unknown>>): string {
  return String(body.message ?? body.Message ?? body.__type ?? "DynamoDB refused the request.");
}
