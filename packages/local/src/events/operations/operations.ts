import { allServed, harmless, type Inputs, list, map, only, served, structure } from "../../gateway/inputs.ts";
import type { ServedOperation } from "../../gateway/json-protocol.ts";
import * as bus from "./bus-operations.ts";
import type { EventsOperation } from "./operation.ts";
import { putEvents } from "./put-events.ts";
import * as rule from "./rule-operations.ts";
import * as target from "./target-operations.ts";

const named = allServed("Name", "EventBusName");
const ofRule = allServed("Rule", "EventBusName");
const described = harmless("no operation that is served tells it");

const retry = harmless("a delivery on one machine works at once or never");

/** Inputs of the target of a rule, in requests and in templates. */
export const ruleTargetInputs: Inputs = {
  ...allServed("Id", "Arn", "Input", "InputPath"),
  DeadLetterConfig: structure({ Arn: served }),
  RetryPolicy: structure({ MaximumRetryAttempts: retry, MaximumEventAgeInSeconds: retry }),
  InputTransformer: structure({ InputTemplate: served, InputPathsMap: map(served) }),
};

/**
 * The one list of what the embedded EventBridge takes: every operation, by the name that follows `AWSEvents.` in
 * `X-Amz-Target`.
 */
export const eventsOperations: Readonly<Record<string, ServedOperation<EventsOperation>>> = {
  CreateEventBus: { run: bus.makeEventBus, inputs: { Name: served, Description: described, Tags: described } },
  DeleteEventBus: { run: bus.deleteEventBus, inputs: { Name: served } },
  DescribeEventBus: { run: bus.describeEventBus, inputs: { Name: served } },
  ListEventBuses: { run: bus.listEventBuses, inputs: { NamePrefix: served } },
  PutRule: {
    run: rule.putRule,
    inputs: {
      ...named,
      ...allServed("EventPattern", "ScheduleExpression"),
      State: only(["ENABLED", "DISABLED"], "these are served"),
      Description: described,
      RoleArn: harmless("targets are reached by their own policies"),
      Tags: described,
    },
  },
  DescribeRule: { run: rule.describeRule, inputs: named },
  DeleteRule: { run: rule.deleteRule, inputs: { ...named, Force: harmless("no rule is managed by a service") } },
  EnableRule: { run: rule.enableRule, inputs: named },
  DisableRule: { run: rule.disableRule, inputs: named },
  ListRules: { run: rule.listRules, inputs: allServed("NamePrefix", "EventBusName") },
  TestEventPattern: { run: rule.testEventPattern, inputs: allServed("EventPattern", "Event") },
  PutTargets: {
    run: target.putTargets,
    inputs: {
      ...ofRule,
      Targets: list(
        structure({
          ...ruleTargetInputs,
          RoleArn: harmless("targets are reached by their own policies"),
          SqsParameters: structure({ MessageGroupId: served }),
        }),
      ),
    },
  },
  RemoveTargets: {
    run: target.removeTargets,
    inputs: { ...ofRule, Ids: served, Force: harmless("no rule is managed by a service") },
  },
  ListTargetsByRule: { run: target.listTargetsByRule, inputs: ofRule },
  PutEvents: {
    run: putEvents,
    inputs: {
      Entries: list(
        structure(allServed("Source", "DetailType", "Detail", "EventBusName", "Time", "Resources", "TraceHeader")),
      ),
    },
  },
};
