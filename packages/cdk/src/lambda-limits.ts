import { type Duration, type Size, SizeRoundingBehavior, Token } from "aws-cdk-lib";
import { type Runtime, RuntimeFamily } from "aws-cdk-lib/aws-lambda";
import type { Construct } from "constructs";
import { InvalidPropError } from "./errors.ts";

/** The props that AWS Lambda bounds. */
export interface BoundedProps {
  readonly timeout: Duration;
  readonly memorySize: number;
  readonly ephemeralStorageSize?: Size;
  readonly retryAttempts: number;
  readonly maxEventAge?: Duration;
  readonly reservedConcurrentExecutions?: number;
  readonly runtime: Runtime;
}

/**
 * Refuses what Lambda would refuse in the middle of a deployment.
 * Bounds: https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html and
 * https://docs.aws.amazon.com/lambda/latest/dg/invocation-async-configuring.html
 *
 * @throws {@link InvalidPropError}
 */
export function checkLambdaLimits(scope: Construct, props: BoundedProps): void {
  const check = (prop: string, value: number | undefined, min: number, max: number, unit: string): void => {
    if (value === undefined || Token.isUnresolved(value)) return;
    if (Number.isInteger(value) && value >= min && value <= max) return;
    throw new InvalidPropError(
      scope.node.path,
      prop,
      `must be a whole number from ${min} to ${max}${unit}; it is ${value}.`,
    );
  };
  check("timeout", seconds(props.timeout), 1, 900, " s");
  check("memorySize", props.memorySize, 128, 10_240, " MB");
  check("ephemeralStorageSize", mebibytes(props.ephemeralStorageSize), 512, 10_240, " MiB");
  check("retryAttempts", props.retryAttempts, 0, 2, "");
  check("maxEventAge", seconds(props.maxEventAge), 60, 21_600, " s");
  check("reservedConcurrentExecutions", props.reservedConcurrentExecutions, 0, Number.MAX_SAFE_INTEGER, "");
  if (props.runtime.family !== RuntimeFamily.NODEJS) {
    throw new InvalidPropError(scope.node.path, "runtime", `must be a Node.js runtime; it is ${props.runtime.name}.`);
  }
}

function seconds(duration: Duration | undefined): number | undefined {
  return duration === undefined || duration.isUnresolved() ? undefined : duration.toSeconds({ integral: false });
}

function mebibytes(size: Size | undefined): number | undefined {
  return size === undefined || size.isUnresolved()
    ? undefined
    : size.toMebibytes({ rounding: SizeRoundingBehavior.NONE });
}
