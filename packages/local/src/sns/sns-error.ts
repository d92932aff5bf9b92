import { jsonProblem } from "../gateway/json-problem.ts";

/** An error of the SNS API. `code` is what the query protocol carries; the SDK makes an error class of it. */
export class SnsError extends Error {
  readonly code: string;
  readonly httpStatus: number;
  constructor(code: string, httpStatus: number, message: string) {
    super(message);
    this.name = "SnsError";
    this.code = code;
    this.httpStatus = httpStatus;
  }
}

/** Names AWS gives the errors this service answers with. */
export const snsErrors = {
  invalidParameter: (message: string) => new SnsError("InvalidParameter", 400, `Invalid parameter: ${message}`),
  /** An attribute of a request that makes something; requests that set one attribute name it without more. */
  invalidAttributes: (reason: string) =>
    new SnsError("InvalidParameter", 400, `Invalid parameter: Attributes Reason: ${reason}`),
  notServed: (message: string) => new SnsError("InvalidParameter", 400, message),
  invalidParameterValue: (message: string) => new SnsError("ParameterValueInvalid", 400, message),
  topicNotFound: () => new SnsError("NotFound", 404, "Topic does not exist"),
  subscriptionNotFound: () => new SnsError("NotFound", 404, "Subscription does not exist"),
  resourceNotFound: () => new SnsError("ResourceNotFound", 404, "Resource does not exist"),
  invalidAction: (action: string) =>
    new SnsError("InvalidAction", 400, `The embedded SNS does not serve ${action.slice(0, 80)}.`),
} as const;

/** Says why an attribute is no JSON, as AWS says it. */
export function unparsedJson(text: string): string {
  return `failed to parse JSON. ${jsonProblem(Buffer.from(text)) ?? ""}`.trimEnd();
}
