/**
 * AWS on one machine for Longhaul: real HTTP endpoints on loopback, deployed from CloudFormation.
 *
 * @packageDocumentation
 */

export { type AppConfig, defineApp, type RunResult, type Verdict, type VerifyContext } from "./app/app-config.ts";
export type { Deployer } from "./cloudformation/deployer.ts";
export type {
  DeployedResource,
  DeployedStack,
  Deployment,
  DeploymentProgress,
  DeployOptions,
} from "./cloudformation/deployment.ts";
export {
  AssemblyError,
  DependencyCycleError,
  DeploymentProblemsError,
  InvalidPropertyError,
  type ResourceAddress,
  ResourceFailedError,
  TemplateError,
  UnsupportedPropertyError,
  UnsupportedResourceError,
} from "./cloudformation/deployment-error.ts";
export type { FunctionOverride } from "./cloudformation/resources/resource.ts";
export type { PolicyStatement, Role, Roles } from "./cloudformation/roles.ts";
export type { AlarmCondition, AlarmTransition } from "./cloudwatch/alarm.ts";
export type { AlarmState } from "./cloudwatch/alarm-evaluation.ts";
export type { AlarmEvent } from "./cloudwatch/alarm-history.ts";
export type { CloudWatchService } from "./cloudwatch/cloudwatch.ts";
export type { Datapoint, DatapointQuery } from "./cloudwatch/datapoints.ts";
export type { Metric } from "./cloudwatch/metric.ts";
export type { DynamoDbService } from "./dynamodb/dynamodb.ts";
export type { EventSourceMapping, EventSourceMappings } from "./event-sources/event-source-mappings.ts";
export type { MappingSettings } from "./event-sources/mapping-settings.ts";
export type { EventSourceFaults, PolledMessage } from "./event-sources/queue-poller.ts";
export type { EventBus, EventRule, RuleTarget } from "./events/event-bus.ts";
export { EventPatternError } from "./events/event-pattern-error.ts";
export { ScheduleExpressionError } from "./events/schedule-expression.ts";
export {
  type CallFault,
  type CallFaultPlan,
  type FaultyCall,
  type SeededCallFaultOptions,
  seededCallFaults,
} from "./gateway/call-faults.ts";
export type { CallRecord, RecordedCall } from "./gateway/call-record.ts";
export { type Credentials, outsideCredentials, type RoleCredentials } from "./gateway/credentials.ts";
export type { Authorizer } from "./gateway/gateway.ts";
export { LocalAwsError } from "./gateway/local-aws-error.ts";
export { NotLoopbackError } from "./gateway/loopback.ts";
export type { Principal } from "./gateway/service.ts";
export { type LambdaFaults, type SeededFaultOptions, seededFaults } from "./lambda/faults.ts";
export type { LambdaService } from "./lambda/lambda.ts";
export type { LambdaEvents } from "./lambda/lambda-events.ts";
export { type LocalAws, type LocalAwsOptions, startLocalAws } from "./local-aws.ts";
export type { S3Service } from "./s3/s3.ts";
export type {
  ScheduleDefinition,
  ScheduleRetryPolicy,
  ScheduleTarget,
} from "./scheduler/schedule-definition.ts";
export type { KeptSchedule, ScheduleGroup, SchedulerService } from "./scheduler/scheduler.ts";
export { SchedulerError } from "./scheduler/scheduler-error.ts";
export type { SnsService } from "./sns/sns.ts";
export type { SendOptions, SqsService } from "./sqs/sqs.ts";
export { stopOnSignals } from "./stop-on-signals.ts";
