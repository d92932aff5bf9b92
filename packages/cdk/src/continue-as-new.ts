import { Duration, Fn } from "aws-cdk-lib";
import { Policy, PolicyStatement, Role, ServicePrincipal } from "aws-cdk-lib/aws-iam";
import { DefinitionBody, type LogOptions, StateMachine } from "aws-cdk-lib/aws-stepfunctions";
import { Construct } from "constructs";
import { acknowledge } from "./acknowledge.ts";
import { continueAsNewDefinition, MAX_HOPS_PER_EXECUTION } from "./continue-as-new-definition.ts";
import { InvalidPropError } from "./errors.ts";
import type { RecursiveFunction } from "./recursive-function.ts";

/** Props of {@link ContinueAsNew}. */
export interface ContinueAsNewProps {
  /** The function. Its handler needs `driver: callerDriver()`; the function itself can have `mayInvokeItself: false`. */
  readonly worker: RecursiveFunction;
  /** Name of the state machine. Default: CloudFormation's. */
  readonly stateMachineName?: string;
  /** Hops after which an execution begins another one that continues, 1 to 500. Default: 500. */
  readonly hopsPerExecution?: number;
  /** Logs of executions. Default: none; Step Functions keeps the history of each for 90 days. */
  readonly logs?: LogOptions;
  /** Whether X-Ray traces executions. Default: `false`. */
  readonly tracingEnabled?: boolean;
}

/** How much longer than the function the state machine waits for an answer. */
const ANSWER_MARGIN = Duration.seconds(60);

/** The timeout of a function that was given none. */
const LAMBDA_TIMEOUT = Duration.seconds(3);

/**
 * A Step Functions state machine that carries a function's runs from hop to hop, instead of the function invoking itself.
 * It invokes the function with the execution's input and looks at the outcome: it invokes again with the continuation,
 * waits until a sleeper's time, succeeds with the outcome of a run that is done, and fails with the reason of one that was
 * stopped, paused or failed.
 *
 * A call that Lambda could not take is made again for about eight minutes, and a hop that failed twice. Before its history
 * is full, an execution begins another that continues, and succeeds with `{ status: "continued", executionArn }`.
 *
 * @example
 * ```ts
 * const worker = new RecursiveFunction(this, "Worker", { entry, mayInvokeItself: false });
 * const { stateMachine } = new ContinueAsNew(this, "Runs", { worker });
 * stateMachine.grantStartExecution(importer);
 * ```
 *
 * @throws {@link InvalidPropError} for a number of hops that a history has no room for.
 */
export class ContinueAsNew extends Construct {
  /** The state machine. Start an execution with the event that begins a run. */
  readonly stateMachine: StateMachine;

  constructor(scope: Construct, id: string, props: ContinueAsNewProps) {
    super(scope, id);
    const { worker, hopsPerExecution = MAX_HOPS_PER_EXECUTION, stateMachineName, logs, tracingEnabled = false } = props;
    if (!(Number.isInteger(hopsPerExecution) && hopsPerExecution >= 1 && hopsPerExecution <= MAX_HOPS_PER_EXECUTION)) {
      const range = `a whole number from 1 to ${MAX_HOPS_PER_EXECUTION}: a history has at most 25,000 events`;
      throw new InvalidPropError(this.node.path, "hopsPerExecution", `must be ${range}, not ${hopsPerExecution}.`);
    }
    const definition = continueAsNewDefinition({
      functionArn: placeholder("FunctionArn"),
      partition: placeholder("AWS::Partition"),
      hopTimeoutSeconds: (worker.function.timeout ?? LAMBDA_TIMEOUT).plus(ANSWER_MARGIN).toSeconds(),
      hopsPerExecution,
    });
    const role = new Role(this, "Role", { assumedBy: new ServicePrincipal("states.amazonaws.com") });
    const { functionArn } = worker.function;
    // Not `grantInvoke`: it grants every version, too.
    role.addToPolicy(new PolicyStatement({ actions: ["lambda:InvokeFunction"], resources: [functionArn] }));
    this.stateMachine = new StateMachine(this, "StateMachine", {
      // Not `definitionSubstitutions`: cfn-lint takes the placeholders for ARNs that are wrong.
      definitionBody: DefinitionBody.fromString(Fn.sub(JSON.stringify(definition), { FunctionArn: functionArn })),
      role,
      tracingEnabled,
      ...(stateMachineName !== undefined && { stateMachineName }),
      ...(logs && { logs }),
    });
    if (!logs) acknowledge(this.stateMachine, "AwsSolutions-SF1");
    if (!tracingEnabled) acknowledge(this.stateMachine, "AwsSolutions-SF2");
    // The role's own policy comes before the state machine, so it cannot name it. A policy beside it can.
    new Policy(this, "BeginAnew", {
      roles: [role],
      statements: [
        new PolicyStatement({ actions: ["states:StartExecution"], resources: [this.stateMachine.stateMachineArn] }),
      ],
    });
  }
}

/** A name in the definition that CloudFormation replaces. */
function placeholder(name: string): string {
  return `\${${name}}`;
}
