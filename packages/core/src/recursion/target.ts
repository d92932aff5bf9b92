import { ConfigError } from "../errors.ts";

/** The ARN of a function without alias or version: `arn:aws:lambda:region:account:function:name`. */
export function unqualifiedArn(functionArn: string): string {
  return functionArn.split(":").slice(0, 7).join(":");
}

/**
 * The ARN by which a run pinned to a function version is invoked.
 *
 * @throws {@link ConfigError} for `$LATEST`, which is whatever was deployed last and so cannot be pinned.
 */
export function pinnedTarget(functionArn: string, version: string): string {
  if (version === "$LATEST") {
    throw new ConfigError('version: "pin" needs a published version: invoke the function by an alias or version.');
  }
  return `${unqualifiedArn(functionArn)}:${version}`;
}
