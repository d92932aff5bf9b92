import { type Duration, RemovalPolicy, type Size } from "aws-cdk-lib";
import { Role, ServicePrincipal } from "aws-cdk-lib/aws-iam";
import {
  Architecture,
  Function as LambdaFunction,
  LoggingFormat,
  type RecursiveLoop,
  type Runtime,
} from "aws-cdk-lib/aws-lambda";
import { LogGroup, RetentionDays } from "aws-cdk-lib/aws-logs";
import type { Construct } from "constructs";
import { type BundlingProps, bundledCode } from "./bundled-code.ts";

/** Props of {@link nodeFunction}. */
export interface NodeFunctionProps {
  readonly entry: string;
  readonly handler: string;
  readonly runtime: Runtime;
  readonly timeout: Duration;
  readonly memorySize: number;
  readonly environment: Readonly<Record<string, string>>;
  readonly ephemeralStorageSize?: Size;
  readonly reservedConcurrentExecutions?: number;
  readonly description?: string;
  readonly recursiveLoop?: RecursiveLoop;
  readonly bundling?: BundlingProps;
  readonly logRetention?: RetentionDays;
}

/**
 * A bundled Node.js function on arm64 with JSON logs in a log group of its own. Its role starts with nothing but the
 * right to write there: the managed policy `AWSLambdaBasicExecutionRole` would let it write to every log group.
 */
export function nodeFunction(scope: Construct, props: NodeFunctionProps): LambdaFunction {
  const { entry, bundling, logRetention, environment, ...settings } = props;
  const role = new Role(scope, "Role", { assumedBy: new ServicePrincipal("lambda.amazonaws.com") });
  const logGroup = new LogGroup(scope, "Logs", {
    retention: logRetention ?? RetentionDays.ONE_MONTH,
    removalPolicy: RemovalPolicy.DESTROY,
  });
  logGroup.grantWrite(role);
  return new LambdaFunction(scope, "Function", {
    ...settings,
    code: bundledCode(scope, entry, props.runtime, bundling),
    handler: `index.${props.handler}`,
    architecture: Architecture.ARM_64,
    role,
    logGroup,
    loggingFormat: LoggingFormat.JSON,
    environment: { ...(bundling?.sourceMap ? { NODE_OPTIONS: "--enable-source-maps" } : {}), ...environment },
  });
}
