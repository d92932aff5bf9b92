import { Duration } from "aws-cdk-lib";
import type { IGrantable, IPrincipal } from "aws-cdk-lib/aws-iam";
import { type Function as LambdaFunction, Runtime } from "aws-cdk-lib/aws-lambda";
import type { RetentionDays } from "aws-cdk-lib/aws-logs";
import { Construct } from "constructs";
import type { BundlingProps } from "./bundled-code.ts";
import { checkLambdaLimits } from "./lambda-limits.ts";
import { nodeFunction } from "./node-function.ts";

/** Props of {@link BundledFunction}. */
export interface BundledFunctionProps {
  /** The file that exports the handler. It is bundled with all it imports, once for all functions of a stack that take a handler of it. */
  readonly entry: string;
  /** Name of the export. Default: `handler`. */
  readonly handler?: string;
  /** Default: `nodejs24.x`. */
  readonly runtime?: Runtime;
  /** How long one invocation may take, 1 to 900 s. Default: 1 minute. */
  readonly timeout?: Duration;
  /** Memory in MB, 128 to 10,240; processor share grows with it. Default: 256. */
  readonly memorySize?: number;
  /** Variables of the handler's environment. */
  readonly environment?: Readonly<Record<string, string>>;
  /** Shown in the console. */
  readonly description?: string;
  /** How often Lambda tries a failed asynchronous event again, 0 to 2. Default: 2. */
  readonly retryAttempts?: number;
  /** Default: one month. */
  readonly logRetention?: RetentionDays;
  /** How the handler is bundled. */
  readonly bundling?: BundlingProps;
}

/**
 * A small function beside a {@link RecursiveFunction}, which starts, stops or watches runs but is none itself: bundled and
 * set up the same way, without the right to invoke itself and without a queue for failures. Its role may write to its
 * own log group, and what it is granted.
 *
 * @example
 * ```ts
 * const start = new BundledFunction(this, "Start", { entry: "src/fleet-handlers.ts", handler: "start" });
 * const stop = new BundledFunction(this, "Stop", { entry: "src/fleet-handlers.ts", handler: "stop" });
 * worker.function.grantInvoke(start);
 * ```
 *
 * @throws {@link InvalidPropError} if Lambda would refuse a prop.
 * @throws {@link BundleError} if `entry` is missing or does not bundle.
 */
export class BundledFunction extends Construct implements IGrantable {
  /** The function. */
  readonly function: LambdaFunction;

  constructor(scope: Construct, id: string, props: BundledFunctionProps) {
    super(scope, id);
    const { retryAttempts = 2, ...rest } = props;
    const settings = {
      ...rest,
      handler: props.handler ?? "handler",
      runtime: props.runtime ?? Runtime.NODEJS_24_X,
      timeout: props.timeout ?? Duration.minutes(1),
      memorySize: props.memorySize ?? 256,
      environment: props.environment ?? {},
    };
    checkLambdaLimits(this, { ...settings, retryAttempts });
    this.function = nodeFunction(this, settings);
    this.function.configureAsyncInvoke({ retryAttempts });
  }

  /** The function's role. */
  get grantPrincipal(): IPrincipal {
    return this.function.grantPrincipal;
  }
}
