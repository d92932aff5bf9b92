import { compileMessageFilter } from "../../event-sources/message-filter.ts";
import { compileEventPattern } from "../../events/event-pattern.ts";
import { parseSchedule, parseSchedulerSchedule } from "../../events/schedule-expression.ts";
import { compileTargetInput } from "../../events/target-input.ts";
import { missingLayer } from "../../lambda/layers.ts";
import { compileFilterPolicy } from "../../sns/filter-policy.ts";
import { type ResourceAddress, UnsupportedPropertyError } from "../deployment-error.ts";
import { isJsonObject, type Json, type JsonObject, objectOrEmpty } from "../json.ts";

/** Where a value is checked. */
interface ValuePlace {
  readonly region: string;
  readonly accountId: string;
  readonly address: ResourceAddress;
}

/** Looks at values before anything is made; those that depend on other resources are not among them. */
type ValueCheck = (values: JsonObject, place: ValuePlace) => void;

const refuse = ({ address }: ValuePlace, property: string, reason: string): never => {
  throw new UnsupportedPropertyError(address, property, reason);
};

const eventPattern: ValueCheck = ({ EventPattern: pattern }) => {
  if (isJsonObject(pattern)) compileEventPattern(pattern);
};

const ruleSchedule: ValueCheck = ({ ScheduleExpression: schedule }) => {
  if (typeof schedule === "string") parseSchedule(schedule);
};

const targetInput: ValueCheck = ({ Targets: targets }) => {
  for (const target of Array.isArray(targets) ? targets.filter(isJsonObject) : []) {
    const { Id, Input, InputPath, InputTransformer } = target;
    const { InputTemplate, InputPathsMap } = objectOrEmpty(InputTransformer);
    const paths = isJsonObject(InputPathsMap) ? Object.entries(InputPathsMap) : [];
    compileTargetInput(
      {
        ...(typeof Input === "string" && { input: Input }),
        ...(typeof InputPath === "string" && { inputPath: InputPath }),
        ...(typeof InputTemplate === "string" && {
          inputTransformer: {
            template: InputTemplate,
            paths: Object.fromEntries(paths.filter((each): each is [string, string] => typeof each[1] === "string")),
          },
        }),
      },
      String(Id),
    );
  }
};

const schedulerSchedule: ValueCheck = ({ ScheduleExpression: schedule, ScheduleExpressionTimezone: timeZone }) => {
  if (typeof schedule !== "string") return;
  parseSchedulerSchedule(schedule, typeof timeZone === "string" ? { timeZone } : {});
};

/** Functions, queues, topics and the bus; of the others EventBridge knows none is served. */
const schedulerTarget: ValueCheck = ({ Target: target }, place) => {
  const arn = isJsonObject(target) ? target.Arn : undefined;
  if (typeof arn !== "string" || !arn.startsWith("arn:")) return;
  if (/^arn:[^:]*:(?:lambda|sqs|sns|events):/.test(arn)) return;
  refuse(place, "Target.Arn", `${arn}; functions, queues, topics and the event bus are`);
};

const filterPolicy: ValueCheck = ({ FilterPolicy: policy, FilterPolicyScope: scope }) => {
  if (!isJsonObject(policy) || Object.keys(policy).length === 0) return;
  compileFilterPolicy(JSON.stringify(policy), scope === "MessageBody" ? scope : "MessageAttributes");
};

const ownRegion: ValueCheck = ({ Region: region }, place) => {
  if (region === undefined || region === place.region) return;
  refuse(place, "Region", `${String(region)}; the embedded AWS is in ${place.region}`);
};

const oneReplica: ValueCheck = ({ Replicas: replicas }, place) => {
  if (!Array.isArray(replicas)) return;
  if (replicas.length !== 1) refuse(place, "Replicas", "a table has one replica here");
  const [replica] = replicas;
  const region = isJsonObject(replica) ? replica.Region : undefined;
  if (region === place.region) return;
  refuse(place, "Replicas", `its replica is in ${String(region)}, the embedded AWS in ${place.region}`);
};

const messageFilter: ValueCheck = ({ FilterCriteria: criteria }) => {
  const filters = isJsonObject(criteria) && Array.isArray(criteria.Filters) ? criteria.Filters : [];
  compileMessageFilter(filters.flatMap((filter) => (isJsonObject(filter) ? [String(filter.Pattern)] : [])));
};

const queueSource: ValueCheck = ({ EventSourceArn: arn }, place) => {
  if (typeof arn !== "string" || !arn.startsWith("arn:") || /^arn:[^:]*:sqs:/.test(arn)) return;
  refuse(place, "EventSourceArn", `${arn}; queues are`);
};

const ownLayers: ValueCheck = ({ Layers: layers }, place) => {
  const foreign = Array.isArray(layers) ? layers.findIndex((arn) => typeof arn === "string") : -1;
  if (foreign >= 0) refuse(place, `Layers[${foreign}]`, missingLayer(String((layers as readonly Json[])[foreign])));
};

/** Checks by resource type. */
export const valueChecks: Readonly<Record<string, readonly ValueCheck[]>> = {
  "AWS::Lambda::Function": [ownLayers],
  "AWS::Events::Rule": [eventPattern, ruleSchedule, targetInput],
  "AWS::Scheduler::Schedule": [schedulerSchedule, schedulerTarget],
  "AWS::SNS::Subscription": [filterPolicy, ownRegion],
  "AWS::DynamoDB::GlobalTable": [oneReplica],
  "AWS::Lambda::EventSourceMapping": [messageFilter, queueSource],
};
