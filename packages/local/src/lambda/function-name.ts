import { invalidParameter } from "./lambda-error.ts";

/** A function as a caller names it. */
export interface FunctionName {
  readonly name: string;
  /** Version or alias; `undefined` means the unqualified function. */
  readonly qualifier: string | undefined;
}

const NAME =
  /^(?:arn:aws[a-z-]*:lambda:)?(?:([a-z]{2}(?:-gov)?-[a-z]+-\d):)?(?:(\d{12}):)?(?:function:)?([A-Za-z0-9_-]{1,64})(?::(\$LATEST|[A-Za-z0-9_-]{1,128}))?$/;

/**
 * Reads the name formats of the Lambda API: name, partial ARN (`123456789012:function:name`) and full ARN, each with or
 * without `:version-or-alias`; `qualifier` is the `Qualifier` query parameter.
 * https://docs.aws.amazon.com/lambda/latest/api/API_Invoke.html
 *
 * @throws LambdaError `InvalidParameterValueException` if it is none of these or names two qualifiers.
 */
export function parseFunctionName(text: string, qualifier?: string): FunctionName {
  const match = NAME.exec(text);
  if (!match) {
    throw invalidParameter(
      `1 validation error detected: Value '${text.slice(0, 140)}' at 'functionName' is not a function name or ARN`,
    );
  }
  const inName = match[4];
  if (inName !== undefined && qualifier !== undefined && inName !== qualifier) {
    throw invalidParameter("The derived qualifier from the function name does not match the specified qualifier.");
  }
  return { name: match[3] as string, qualifier: inName ?? qualifier };
}
