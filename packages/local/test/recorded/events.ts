import type { Target } from "@aws-sdk/client-eventbridge";
import { expect } from "vitest";

/** Name of the source and of the detail type of all events here. */
export const SOURCE = "core.update-account-command";

/** A target's input, an event's detail, and the body that AWS delivered. */
export interface RecordedDelivery {
  /** The recording: a test of LocalStack's `tests/aws/services/events`, recorded on AWS in 2024. */
  readonly recording: string;
  readonly target: Omit<Target, "Id" | "Arn">;
  readonly detail?: object;
  /** The body as JSON; as text, if it is one; `undefined` if nothing was delivered. */
  readonly body: unknown;
}

/** A rule with a schedule, and the code and message of AWS if it is refused. */
export interface RecordedSchedule {
  readonly recording: string;
  readonly expression: string;
  readonly isOnOwnBus?: boolean;
  readonly refusal?: { readonly name: string; readonly message: string };
}

/** The detail where a row has none of its own. */
export const DETAIL = { command: "update-account", payload: { acc_id: "0a787ecb-4015", sf_id: "baz" } };

/** The whole event, as it is delivered without an input; id and time vary. */
export const wholeEvent = (place: { readonly account: string; readonly region: string }, detail: object = DETAIL) => ({
  version: "0",
  id: expect.any(String) as string,
  "detail-type": SOURCE,
  source: SOURCE,
  ...place,
  time: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/) as string,
  resources: [],
  detail,
});

const transformer = (InputTemplate: string, InputPathsMap: Readonly<Record<string, string>>) => ({
  InputTransformer: { InputTemplate, InputPathsMap },
});

const EVENT_PATHS = { "detail-type": "$.detail-type", timestamp: "$.time", command: "$.detail.command" };
const MISSING_PATHS = { ...EVENT_PATHS, command: "$.detail.notinmessage" };
const text = (recording: string, template: string, body: unknown, paths: Readonly<Record<string, string>>) => ({
  recording: `test_events_inputs.py::TestInputTransformer::${recording}`,
  target: transformer(template, paths),
  body,
});

const EVENT_OF = '"Event of <detail-type> type, at time <timestamp>, info extracted from detail <command>"';
const SPECIAL = '"{[/Check with special starting characters for event of <detail-type> type"';
const JSON_TEMPLATE = '{"detailType": <detail-type>, "time": <timestamp>, "command": <command>}';
const matching = (command: string) =>
  expect.stringMatching(
    new RegExp(`^"Event of ${SOURCE} type, at time [0-9TZ:-]+, info extracted from detail ${command}"$`),
  ) as unknown;

/** The parts of the rows of nested keys. */
const NESTED_PATHS = {
  userId: "$.detail.payload.acc_id",
  payload: "$.detail.payload",
  systemstring: "$.detail.awsAccountId",
  listsingle: "$.detail.listsingle",
  listmulti: "$.detail.listmulti",
};
const NESTED_DETAIL = { ...DETAIL, listsingle: ["HIGH"], listmulti: ["ACTIVE", "INACTIVE"] };
const USER = "0a787ecb-4015";
const nested = (template: string, body?: unknown): RecordedDelivery => ({
  ...text(`test_input_transformer_nested_keys_replacement[${template}]`, template, body, NESTED_PATHS),
  detail: NESTED_DETAIL,
});

/** Payloads of targets, row by row. */
export const recordedDeliveries: readonly RecordedDelivery[] = [
  {
    recording: "test_events_inputs.py::TestInputPath::test_put_events_with_input_path",
    target: { InputPath: "$.detail" },
    body: DETAIL,
  },
  {
    recording: "test_events_inputs.py::TestInputPath::test_put_events_with_input_path_nested[event_detail0]",
    target: { InputPath: "$.detail.payload" },
    body: DETAIL.payload,
  },
  {
    recording: "test_events_inputs.py::TestInputPath::test_put_events_with_input_path_nested[event_detail1]",
    target: { InputPath: "$.detail.payload" },
    detail: { command: "update-account", payload: { acc_id: USER, payload: { message: "baz", id: "123" } } },
    body: { acc_id: USER, payload: { message: "baz", id: "123" } },
  },
  {
    recording: "test_events_targets.py::test_put_events_with_target_sqs_event_detail_match",
    target: { InputPath: "$.detail" },
    detail: { EventType: "1" },
    body: { EventType: "1" },
  },
  text(
    `test_put_events_with_input_transformer_input_template_string[${EVENT_OF}], all keys`,
    EVENT_OF,
    matching("update-account"),
    EVENT_PATHS,
  ),
  text(
    `test_put_events_with_input_transformer_input_template_string[${EVENT_OF}], a missing key`,
    EVENT_OF,
    matching(""),
    MISSING_PATHS,
  ),
  text(
    `test_put_events_with_input_transformer_input_template_string[${SPECIAL}]`,
    SPECIAL,
    `"{[/Check with special starting characters for event of ${SOURCE} type"`,
    EVENT_PATHS,
  ),
  text(
    "test_put_events_with_input_transformer_input_template_json, all keys",
    JSON_TEMPLATE,
    { detailType: SOURCE, time: expect.any(String), command: "update-account" },
    EVENT_PATHS,
  ),
  text(
    "test_put_events_with_input_transformer_input_template_json, a missing key",
    JSON_TEMPLATE,
    { detailType: SOURCE, time: expect.any(String), command: "" },
    MISSING_PATHS,
  ),
  text(
    "test_input_transformer_predefined_variables, in a text",
    '"Message containing all pre defined variables <aws.events.rule-arn> <aws.events.rule-name> <aws.events.event.ingestion-time>"',
    expect.stringMatching(
      /^"Message containing all pre defined variables arn:aws:events:[^ ]+:rule\/[^/ ]+\/([^/ ]+) \1 [0-9TZ:-]+"$/,
    ),
    {},
  ),
  text(
    "test_input_transformer_predefined_variables, the event",
    '{"originalEvent": <aws.events.event>, "originalEventJson": <aws.events.event.json>}',
    {
      originalEvent: {
        id: expect.any(String),
        account: expect.any(String),
        detailType: SOURCE,
        time: expect.any(String),
        source: SOURCE,
        region: expect.any(String),
        resources: [],
        version: "0",
      },
      originalEventJson: wholeEvent({ account: expect.any(String), region: expect.any(String) }),
    },
    {},
  ),
  nested('{"method": "PUT", "path": "users-service/users/<userId>", "bod": <payload>}', {
    method: "PUT",
    path: `users-service/users/${USER}`,
    bod: DETAIL.payload,
  }),
  nested(
    '"Payload of <payload> with path users-service/users/<userId> and <userId>"',
    `"Payload of {acc_id:${USER},sf_id:baz} with path users-service/users/${USER} and ${USER}"`,
  ),
  nested('{"method": "PUT", "path": "users-service/users/<userId>", "id": <userId>, "body": <payload>}', {
    method: "PUT",
    path: `users-service/users/${USER}`,
    id: USER,
    body: DETAIL.payload,
  }),
  nested('{"method": "PUT", "path": "users-service/users/<userId>", "bod": [<userId>, "hardcoded"]}', {
    method: "PUT",
    path: `users-service/users/${USER}`,
    bod: [USER, "hardcoded"],
  }),
  nested(
    '{"method": "PUT", "nested": {"level1": {"level2": {"level3": "users-service/users/<userId>"} } }, "bod": "<userId>"}',
    { method: "PUT", nested: { level1: { level2: { level3: `users-service/users/${USER}` } } }, bod: USER },
  ),
  nested(
    '"<listsingle> single list item"\n"<listmulti> multiple list items"\n"<systemstring> system account id"\n"<payload> payload"\n"<userId> user id"',
    `"[HIGH] single list item"\n"[ACTIVE,INACTIVE] multiple list items"\n" system account id"\n"{acc_id:${USER},sf_id:baz} payload"\n"${USER} user id"`,
  ),
  nested('{"id" : <userId>}', { id: USER }),
  nested('{"id" : "<userId>"}', { id: USER }),
  nested("<listsingle> single list item"),
  nested("<listmulti> multiple list items"),
  nested('"<listsingle> single list item"', '"[HIGH] single list item"'),
  nested('"<listmulti> multiple list items"', '"[ACTIVE,INACTIVE] multiple list items"'),
  nested('{"singlelistitem": "<listsingle>", "multiplelistitems": "<listmulti>"}'),
  nested('{"singlelistitem": "<listsingle>"}'),
  nested('{"singlelistitem": <listsingle>}', { singlelistitem: ["HIGH"] }),
  nested(
    '"<listsingle> single list item <listmulti> multiple list items <systemstring> system account id <payload> payload <userId> user id"',
    `"[HIGH] single list item [ACTIVE,INACTIVE] multiple list items  system account id {acc_id:${USER},sf_id:baz} payload ${USER} user id"`,
  ),
  nested('{"multi_replacement": "users/<userId>/second/<userId>"}', {
    multi_replacement: `users/${USER}/second/${USER}`,
  }),
];

const REFUSED = { name: "ValidationException", message: "Parameter ScheduleExpression is not valid." };

/** Rules that are schedules, row by row. */
export const recordedSchedules: readonly RecordedSchedule[] = [
  { recording: "TestScheduleRate::test_put_rule_with_schedule_rate", expression: "rate(1 minute)" },
  {
    recording: "TestScheduleRate::tests_put_rule_with_schedule_custom_event_bus",
    expression: "rate(1 minute)",
    isOnOwnBus: true,
    refusal: { name: "ValidationException", message: "ScheduleExpression is supported only on the default event bus." },
  },
  ...[
    "cron(0/5 * * * ? *)",
    "cron(0 10 * * ? *)",
    "cron(0 8 1 * ? *)",
    "cron(0/15 * * * ? *)",
    "cron(0/10 * ? * MON-FRI *)",
    "cron(0/5 8-17 ? * MON-FRI *)",
    "cron(0/30 20-23 ? * MON-FRI *)",
    "cron(0/30 0-2 ? * MON-FRI *)",
    "cron(0 2 ? * SAT *)",
    "cron(0 12 * * ? *)",
    "cron(0 2 ? * SAT#3 *)",
    "cron(* * ? * SAT#3 *)",
  ].map((expression) => ({
    recording: `TestScheduleCron::tests_put_rule_with_schedule_cron[${expression}]`,
    expression,
  })),
  ...["cron(INVALID)", "cron(0 dummy ? * MON-FRI *)", "cron(71 8 1 * ? *)", "cron(0 1 * * * *)"].map((expression) => ({
    recording: `TestScheduleCron::tests_put_rule_with_invalid_schedule_cron[${expression}]`,
    expression,
    refusal: REFUSED,
  })),
];
