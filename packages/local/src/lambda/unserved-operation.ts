import { LambdaError } from "./lambda-error.ts";

/** Operations of the Lambda API that are not served: their method, the end of their path, their name. */
const NAMES: readonly (readonly [method: string, path: RegExp, name: string])[] = [
  ["POST", /\/functions$/, "CreateFunction"],
  ["DELETE", /\/functions\/[^/]+$/, "DeleteFunction"],
  ["PUT", /\/code$/, "UpdateFunctionCode"],
  ["PUT", /\/functions\/[^/]+\/configuration$/, "UpdateFunctionConfiguration"],
  ["GET", /\/versions$/, "ListVersionsByFunction"],
  ["PUT", /\/provisioned-concurrency$/, "PutProvisionedConcurrencyConfig"],
  ["GET", /\/provisioned-concurrency$/, "GetProvisionedConcurrencyConfig"],
  ["DELETE", /\/provisioned-concurrency$/, "DeleteProvisionedConcurrencyConfig"],
  ["POST", /\/functions\/[^/]+\/url$/, "CreateFunctionUrlConfig"],
  ["GET", /\/functions\/[^/]+\/url$/, "GetFunctionUrlConfig"],
  ["PUT", /\/functions\/[^/]+\/url$/, "UpdateFunctionUrlConfig"],
  ["DELETE", /\/functions\/[^/]+\/url$/, "DeleteFunctionUrlConfig"],
  ["GET", /\/layers\/[^/]+\/versions\/\d+$/, "GetLayerVersion"],
  ["POST", /\/layers\/[^/]+\/versions$/, "PublishLayerVersion"],
  ["POST", /\/tags\/[^/]+$/, "TagResource"],
  ["GET", /\/tags\/[^/]+$/, "ListTags"],
  ["DELETE", /\/tags\/[^/]+$/, "UntagResource"],
];

/** The refusal of an operation that is not served, by its name where it is known, and by its method and path. */
export function unservedOperation(method: string, path: string, served: readonly string[]): LambdaError {
  const name = NAMES.find(([of, form]) => of === method && form.test(path.replace(/\/$/, "")))?.[2];
  const request = `${method} ${path}`;
  return new LambdaError(
    "UnknownOperationException",
    404,
    `The embedded Lambda does not support ${name === undefined ? request : `${name} (${request})`}. It supports ${served.join(", ")}.`,
  );
}
