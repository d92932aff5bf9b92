/** The most events that the history of a standard execution takes: https://docs.aws.amazon.com/step-functions/latest/dg/service-quotas.html */
const MAX_HISTORY_EVENTS = 25_000;

/** How often a call that Lambda could not take is made again: after 2 s, then twice as long each time, for about eight minutes. */
const SERVICE_RETRIES = 8;

/** How often a hop is tried again that failed: as often as Lambda tries an asynchronous one, after one and two minutes. */
const HOP_RETRIES = 2;

/** Events of one hop at its most: the task, four states around it with two each, and three for each further try. */
const EVENTS_PER_HOP = 5 + 4 * 2 + 3 * (SERVICE_RETRIES + HOP_RETRIES);

/** Events that are kept for the begin and end of an execution, and for waiting until another invocation's lease is over. */
const EVENTS_BESIDE = 3_500;

/** The most hops that fit one execution, whatever goes wrong. */
export const MAX_HOPS_PER_EXECUTION = Math.floor((MAX_HISTORY_EVENTS - EVENTS_BESIDE) / EVENTS_PER_HOP);

/** How long to wait before looking again at a run that another invocation has, in seconds. */
const LEASE_WAIT_SECONDS = 30;

/** Under this key an execution that another one began has its event, and the hop at which it begins the next. */
const EXECUTION_KEY = "longhaulExecution";

/** Where that hop is. An execution that a person began has none: it begins at hop 0. */
const UNTIL_HOP = `$$.Execution.Input.${EXECUTION_KEY}.untilHop`;

/** Whether there is something at a path. */
const isPresent = (path: string) => ({ Variable: path, IsPresent: true });

/** Whether a text at a path is one of these. */
const isOneOf = (path: string, ...texts: readonly string[]) => ({
  Or: texts.map((text) => ({ Variable: path, StringEquals: text })),
});

/** Parameters of {@link continueAsNewDefinition}. */
export interface ContinueAsNewParameters {
  /** ARN of the function, or a placeholder of CloudFormation for it. */
  readonly functionArn: string;
  /** The partition in ARNs of integrations, or a placeholder for it. */
  readonly partition: string;
  /** How long Lambda may take to answer for a hop, in seconds. */
  readonly hopTimeoutSeconds: number;
  /** Hops after which an execution begins another one that continues. */
  readonly hopsPerExecution: number;
}

/**
 * The state machine that carries runs of a function with `callerDriver()` from hop to hop, in Amazon States Language with
 * JSONPath. Between two states there is either the event of a hop or its outcome, never both: each may take 256 KiB.
 */
export function continueAsNewDefinition({
  functionArn,
  partition,
  hopTimeoutSeconds,
  hopsPerExecution,
}: ContinueAsNewParameters) {
  return {
    Comment: "Invokes a function of Longhaul again and again, until its run has ended.",
    StartAt: "Begin",
    States: {
      Begin: {
        Type: "Choice",
        Choices: [{ ...isPresent(`$.${EXECUTION_KEY}.event`), Next: "Resume" }],
        Default: "Hop",
      },
      Resume: { Type: "Pass", InputPath: `$.${EXECUTION_KEY}.event`, Next: "Hop" },
      Hop: {
        Type: "Task",
        Resource: `arn:${partition}:states:::lambda:invoke`,
        Parameters: {
          FunctionName: functionArn,
          "Payload.$": "$",
          // A run that has no id of its own gets that of the execution, whichever try begins it.
          "ClientContext.$":
            'States.Base64Encode(States.Format(\'\\{"Custom":\\{"longhaulCause":"{}"\\}\\}\', $$.Execution.Id))',
        },
        OutputPath: "$.Payload",
        TimeoutSeconds: hopTimeoutSeconds,
        Retry: [
          // https://docs.aws.amazon.com/step-functions/latest/dg/sfn-best-practices.html
          {
            ErrorEquals: [
              "Lambda.TooManyRequestsException",
              "Lambda.ServiceException",
              "Lambda.AWSLambdaException",
              "Lambda.SdkClientException",
              "Lambda.ClientExecutionTimeoutException",
            ],
            IntervalSeconds: 2,
            BackoffRate: 2,
            MaxAttempts: SERVICE_RETRIES,
            JitterStrategy: "FULL",
          },
          { ErrorEquals: ["States.ALL"], IntervalSeconds: 60, BackoffRate: 2, MaxAttempts: HOP_RETRIES },
        ],
        Next: "Outcome",
      },
      Outcome: {
        Type: "Choice",
        Choices: [
          { Not: isPresent("$.status"), Next: "NoContinuation" },
          {
            And: [isOneOf("$.status", "continued", "sleeping"), { Not: isPresent("$.continuation") }],
            Next: "NoContinuation",
          },
          { Variable: "$.status", StringEquals: "done", Next: "Done" },
          { Variable: "$.status", StringEquals: "continued", Next: "Room" },
          { Variable: "$.status", StringEquals: "sleeping", Next: "Sleep" },
          { And: [isPresent("$.refusal"), isOneOf("$.refusal", "lease-live", "fenced")], Next: "Busy" },
          { ...isPresent("$.reason.code"), Next: "Ended" },
        ],
        Default: "NotContinued",
      },
      Sleep: { Type: "Wait", TimestampPath: "$.wakeAt", Next: "Room" },
      Room: {
        Type: "Choice",
        Choices: [
          {
            And: [isPresent(UNTIL_HOP), { Variable: "$.hop", NumericGreaterThanEqualsPath: UNTIL_HOP }],
            Next: "BeginAnew",
          },
          {
            And: [{ Not: isPresent(UNTIL_HOP) }, { Variable: "$.hop", NumericGreaterThanEquals: hopsPerExecution - 1 }],
            Next: "BeginAnew",
          },
        ],
        Default: "NextHop",
      },
      NextHop: { Type: "Pass", InputPath: "$.continuation", Next: "Hop" },
      // Another invocation has the run. The first event leads to where the run is, as soon as its lease is over.
      Busy: { Type: "Wait", Seconds: LEASE_WAIT_SECONDS, Next: "LookAgain" },
      LookAgain: { Type: "Pass", InputPath: "$$.Execution.Input", Next: "Begin" },
      BeginAnew: {
        Type: "Task",
        Resource: `arn:${partition}:states:::states:startExecution`,
        Parameters: {
          "StateMachineArn.$": "$$.StateMachine.Id",
          // The same at each try, so that one whose answer was lost begins nothing twice.
          "Name.$": "States.Hash($$.Execution.Id, 'SHA-256')",
          Input: {
            "AWS_STEP_FUNCTIONS_STARTED_BY_EXECUTION_ID.$": "$$.Execution.Id",
            [EXECUTION_KEY]: {
              "event.$": "$.continuation",
              "untilHop.$": `States.MathAdd($.hop, ${hopsPerExecution})`,
            },
          },
        },
        ResultSelector: { status: "continued", "executionArn.$": "$.ExecutionArn" },
        Retry: [
          { ErrorEquals: ["StepFunctions.ExecutionAlreadyExistsException"], MaxAttempts: 0 },
          { ErrorEquals: ["States.ALL"], IntervalSeconds: 2, BackoffRate: 2, MaxAttempts: SERVICE_RETRIES },
        ],
        Catch: [{ ErrorEquals: ["StepFunctions.ExecutionAlreadyExistsException"], Next: "BegunAnew" }],
        Next: "BegunAnew",
      },
      BegunAnew: { Type: "Succeed" },
      Done: { Type: "Succeed" },
      Ended: { Type: "Fail", ErrorPath: "$.reason.code", CausePath: "$.reason.message" },
      NoContinuation: {
        Type: "Fail",
        Error: "CONFIG",
        Cause: "The answer has no continuation. The handler needs recursive() with driver: callerDriver().",
      },
      NotContinued: {
        Type: "Fail",
        Error: "RUN_NOT_CONTINUED",
        Cause: "The run is not this execution's, and nothing says why it ended. See the outcome before this state.",
      },
    },
  };
}
