import { invalidParameter } from "./lambda-error.ts";
import type { RecursiveLoop } from "./recursive-loop.ts";
import { isLambdaRuntime, LAMBDA_RUNTIMES, type LambdaRuntime } from "./runtimes.ts";

/** How asynchronous events of a function, version or alias are treated. */
export interface EventInvokeConfig {
  /** Retries after an error, 0 to 2. @defaultValue 2 */
  readonly maximumRetryAttempts?: number;
  /** Oldest event that is still tried. AWS: 60 to 21,600; here any positive number. @defaultValue 21600 */
  readonly maximumEventAgeSeconds?: number;
  /** Queue, topic, function or bus that receives a record of each discarded event. */
  readonly onFailureArn?: string;
  /** Queue, topic, function or bus that receives a record of each processed event. */
  readonly onSuccessArn?: string;
}

/** A function to deploy. */
export interface FunctionConfig {
  readonly name: string;
  /** @defaultValue made from region, account and name */
  readonly arn?: string;
  /** Directory with the function's code; copied at deployment, as AWS unpacks a package. */
  readonly codeDirectory: string;
  /**
   * Where the modules are looked for that AWS's runtimes bring (`@aws-sdk/*`, `@smithy/*`), upwards from here; after that,
   * from the working directory and from this package. @defaultValue the code's directory
   */
  readonly sdkFrom?: string;
  /** `file.export`, with directories and nested exports. @defaultValue "index.handler" */
  readonly handler?: string;
  readonly runtime: LambdaRuntime;
  /** ARNs of layer versions that stacks have made; later ones are put over earlier ones. @defaultValue none */
  readonly layers?: readonly string[];
  /** Up to 900; fractions are allowed here, for demos and tests. @defaultValue 3 */
  readonly timeoutSeconds?: number;
  /** 128 to 10,240. @defaultValue 128 */
  readonly memoryMb?: number;
  readonly environment?: Readonly<Record<string, string>>;
  readonly roleArn: string;
  /** @defaultValue "Terminate" */
  readonly recursiveLoop?: RecursiveLoop;
  /** Most invocations at a time, taken out of the account's limit; 0 throttles everything. */
  readonly reservedConcurrency?: number;
  /** Size of `/tmp` in MB, 512 to 10,240; enforced where instances are isolated. @defaultValue 512 */
  readonly ephemeralStorageMb?: number;
  readonly eventInvokeConfig?: EventInvokeConfig;
  /** Queue or topic that receives the payload of each discarded asynchronous event. */
  readonly deadLetterArn?: string;
  /** Log group that Lambda writes to. @defaultValue "/aws/lambda/" and the name */
  readonly logGroup?: string;
  readonly description?: string;
}

/** {@link FunctionConfig} with every default filled in. */
export interface ResolvedFunctionConfig {
  readonly name: string;
  readonly arn: string;
  readonly codeDirectory: string;
  readonly handler: string;
  readonly runtime: LambdaRuntime;
  readonly timeoutSeconds: number;
  readonly memoryMb: number;
  readonly environment: Readonly<Record<string, string>>;
  readonly roleArn: string;
  readonly ephemeralStorageMb: number;
  readonly deadLetterArn: string | undefined;
  readonly logGroup: string;
  readonly description: string;
}

/**
 * Variables that Lambda sets itself and refuses in a function's configuration.
 * https://docs.aws.amazon.com/lambda/latest/dg/configuration-envvars.html
 */
const RESERVED_VARIABLE =
  /^(_HANDLER|_X_AMZN_TRACE_ID|AWS_DEFAULT_REGION|AWS_REGION|AWS_EXECUTION_ENV|AWS_LAMBDA_(FUNCTION_NAME|FUNCTION_MEMORY_SIZE|FUNCTION_VERSION|INITIALIZATION_TYPE|LOG_GROUP_NAME|LOG_STREAM_NAME|RUNTIME_API)|AWS_ACCESS_KEY(_ID)?|AWS_SECRET_ACCESS_KEY|AWS_SESSION_TOKEN|LAMBDA_TASK_ROOT|LAMBDA_RUNTIME_DIR)$/;

/**
 * Fills in AWS's defaults and refuses what AWS refuses.
 *
 * @throws LambdaError `InvalidParameterValueException` naming the property.
 */
export function resolveFunctionConfig(
  config: FunctionConfig,
  where: { readonly region: string; readonly accountId: string },
): ResolvedFunctionConfig {
  const refuse = (property: string, value: unknown, want: string): never => {
    throw invalidParameter(`${property} of function ${config.name} is ${JSON.stringify(value)}; it must be ${want}.`);
  };
  if (!/^[A-Za-z0-9_-]{1,64}$/.test(config.name)) {
    refuse("FunctionName", config.name, "1 to 64 letters, digits, - or _");
  }
  if (!isLambdaRuntime(config.runtime)) {
    refuse("Runtime", config.runtime, `one of those that the embedded Lambda runs: ${LAMBDA_RUNTIMES.join(", ")}`);
  }
  const within = (property: string, value: number, least: number, most: number): number =>
    value >= least && value <= most ? value : refuse(property, value, `between ${least} and ${most}`);
  const timeoutSeconds = config.timeoutSeconds ?? 3;
  if (!(timeoutSeconds > 0 && timeoutSeconds <= 900)) refuse("Timeout", timeoutSeconds, "above 0 and at most 900");
  for (const variable of Object.keys(config.environment ?? {})) {
    if (RESERVED_VARIABLE.test(variable)) {
      refuse("Environment", variable, "free of the variables that Lambda itself sets");
    }
  }
  if (config.environment?.AWS_LAMBDA_EXEC_WRAPPER !== undefined) {
    refuse("Environment", "AWS_LAMBDA_EXEC_WRAPPER", "left out: the embedded Lambda runs no wrapper scripts");
  }
  checkReservedConcurrency(config.reservedConcurrency);
  checkEventInvokeConfig(config.eventInvokeConfig ?? {});
  return {
    name: config.name,
    arn: config.arn ?? `arn:aws:lambda:${where.region}:${where.accountId}:function:${config.name}`,
    codeDirectory: config.codeDirectory,
    handler: config.handler ?? "index.handler",
    runtime: config.runtime,
    timeoutSeconds,
    memoryMb: within("MemorySize", config.memoryMb ?? 128, 128, 10_240),
    environment: { ...config.environment },
    roleArn: config.roleArn,
    ephemeralStorageMb: within("EphemeralStorage", config.ephemeralStorageMb ?? 512, 512, 10_240),
    deadLetterArn: config.deadLetterArn,
    // https://docs.aws.amazon.com/lambda/latest/dg/monitoring-cloudwatchlogs.html
    logGroup: config.logGroup ?? `/aws/lambda/${config.name}`,
    description: config.description ?? "",
  };
}

/** @throws LambdaError if it is not a whole number of at least 0. */
export function checkReservedConcurrency(value: number | undefined): void {
  if (value !== undefined && (!Number.isSafeInteger(value) || value < 0)) {
    throw invalidParameter(`ReservedConcurrentExecutions is ${value}; it must be a whole number of at least 0.`);
  }
}

/** @throws LambdaError if retries are not 0, 1 or 2 or the age is not positive and at most six hours. */
export function checkEventInvokeConfig(config: EventInvokeConfig): void {
  const retries = config.maximumRetryAttempts;
  if (retries !== undefined && ![0, 1, 2].includes(retries)) {
    throw invalidParameter(`MaximumRetryAttempts is ${retries}; it must be 0, 1 or 2.`);
  }
  const ageSeconds = config.maximumEventAgeSeconds;
  if (ageSeconds !== undefined && !(ageSeconds > 0 && ageSeconds <= 21_600)) {
    throw invalidParameter(`MaximumEventAgeInSeconds is ${ageSeconds}; it must be at most 21600.`);
  }
}
