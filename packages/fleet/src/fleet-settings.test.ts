import { describe, expect, it } from "vitest";
import { fleetSettings } from "./fleet-settings.ts";

const queueUrl = "https://sqs.eu-central-1.amazonaws.com/123456789012/orders";
const needed = { TOKEN_TABLE: "tokens", QUEUES: JSON.stringify([{ queueUrl, processor: "charge" }]) };
const read = (env: Record<string, string>) => fleetSettings({ ...needed, ...env });

describe("settings come from the environment, where everything is text", () => {
  it("with defaults", () => {
    expect(read({ LOOP_FUNCTION: "loop" })).toMatchObject({
      tokenTable: "tokens",
      queues: [{ queueUrl, processor: "charge" }],
      loopFunction: "loop",
      waitSeconds: 20,
      heartbeatMs: 20_000,
      idleAfterMs: 900_000,
      reserveMs: "learned",
    });
    expect(read({ LOOP_FUNCTION: "", WAIT_SECONDS: "" })).toMatchObject({ loopFunction: undefined, waitSeconds: 20 });
  });

  it("as numbers", () => {
    expect(read({ WAIT_SECONDS: "1", HEARTBEAT_MS: "500", IDLE_AFTER_MS: "1500", RESERVE_MS: "900" })).toMatchObject({
      waitSeconds: 1,
      heartbeatMs: 500,
      idleAfterMs: 1_500,
      reserveMs: 900,
    });
  });

  it.each([
    ["TOKEN_TABLE", "", "TOKEN_TABLE is not set: it must be the name of the token table."],
    [
      "WAIT_SECONDS",
      "21",
      'WAIT_SECONDS must be a whole number from 0 to 20, not "21". Correct it, or leave it out for 20.',
    ],
    [
      "HEARTBEAT_MS",
      "soon",
      'HEARTBEAT_MS must be a whole number from 100 to 300000, not "soon". Correct it, or leave it out for 20000.',
    ],
    ["QUEUES", "", "QUEUES is not set: it must be JSON: a list of queues."],
    ["QUEUES", "{", 'QUEUES must be JSON: a list of queues, not "{". Correct it.'],
  ])("%s=%s is refused by its name, with its value and what to set", (name, value, message) => {
    expect(() => read({ [name]: value })).toThrow(
      expect.objectContaining({ code: "CONFIG", message: `The environment variable ${message}` }),
    );
  });

  it("all that is wrong is said at once", () => {
    expect(() => read({ WAIT_SECONDS: "21", TOKEN_TABLE: "" })).toThrow(/TOKEN_TABLE is not set.*WAIT_SECONDS must be/);
  });
});

const readQueues = (queues: unknown) => read({ QUEUES: JSON.stringify(queues) }).queues;

describe("[S4.8] the settings say which queue has which processor", () => {
  it("and how many loops, messages and seconds", () => {
    const other = queueUrl.replace("orders", "mails");
    expect(
      readQueues([
        { queueUrl, processor: "charge" },
        {
          queueUrl: other,
          processor: "mail",
          minLoops: 2,
          maxLoops: 3,
          growBy: 2,
          cooldownSeconds: 5,
          batchSize: 1,
          visibilitySeconds: 30,
          messageTimeoutSeconds: 7,
        },
      ]),
    ).toEqual([
      {
        queueUrl,
        processor: "charge",
        minLoops: 1,
        maxLoops: 10,
        growBy: 1,
        cooldownMs: 60_000,
        batchSize: 10,
        visibilitySeconds: 60,
        messageTimeoutMs: 300_000,
      },
      {
        queueUrl: other,
        processor: "mail",
        minLoops: 2,
        maxLoops: 3,
        growBy: 2,
        cooldownMs: 5_000,
        batchSize: 1,
        visibilitySeconds: 30,
        messageTimeoutMs: 7_000,
      },
    ]);
  });

  it.each<[string, unknown, string]>([
    ["QUEUES", {}, "must be a list with one queue or more, not"],
    ["QUEUES", [], "must be a list with one queue or more, not"],
    ["QUEUES[0]", [7], "must be an object, not 7."],
    ["QUEUES[0].queueUrl", [{ processor: "charge" }], "is not set: it must be the URL of a queue."],
    ["QUEUES[0].queueUrl", [{ queueUrl: "orders" }], 'must be the URL of a queue, not "orders".'],
    ["QUEUES[0].queueUrl", [{ queueUrl: `${queueUrl}.fifo` }], "must be a standard queue"],
    ["QUEUES[1]", [{ queueUrl }, { queueUrl }], "must be in the list once"],
    ["QUEUES[0].processor", [{ queueUrl, processor: 7 }], "must be the name of a processor, not 7."],
    ["QUEUES[0].minLoops", [{ queueUrl, minLoops: 0 }], "must be a whole number from 1 to 1000, not 0."],
    ["QUEUES[0].maxLoops", [{ queueUrl, minLoops: 5, maxLoops: 4 }], "must be minLoops or more, not 4."],
    ["QUEUES[0].batchSize", [{ queueUrl, batchSize: "10" }], 'must be a whole number from 1 to 10, not "10".'],
    ["QUEUES[0].messageTimeoutSeconds", [{ queueUrl, messageTimeoutSeconds: 0 }], "from 1 to 43200, not 0."],
    ["QUEUES[0].maxLops", [{ queueUrl, maxLops: 4 }], "is no setting of a queue. Take it out."],
  ])("%s is refused by its path: %j", (path, queues, message) => {
    expect(() => readQueues(queues)).toThrow(
      expect.objectContaining({
        code: "CONFIG",
        message: expect.toSatisfy(
          (text: string) => text.startsWith(`The environment variable ${path} `) && text.includes(message),
        ),
      }),
    );
  });

  it.each([
    [1, 10],
    [30, 30],
  ])("with at least %i loops, at most %i unless it is set", (minLoops, maxLoops) => {
    expect(readQueues([{ queueUrl, minLoops }])).toMatchObject([{ minLoops, maxLoops }]);
  });

  it.each([
    [60, 300_000],
    [2, 10_000],
    [43_200, 43_200_000],
  ])("a message that takes longer than five visibility timeouts of %i s hangs, unless it is set", (seconds, ms) => {
    expect(readQueues([{ queueUrl, visibilitySeconds: seconds }])).toMatchObject([{ messageTimeoutMs: ms }]);
  });
});
