import { describe, expect, it } from "vitest";
import { queueSettingsFrom } from "./queue-settings.ts";

const queueUrl = "https://sqs.eu-central-1.amazonaws.com/123456789012/orders";
const functionArn = "arn:aws:lambda:eu-central-1:123456789012:function:mailer:live";
const read = (queues: unknown) => queueSettingsFrom(JSON.stringify(queues), ["logMessage", "charge"]);

describe("[S4.8] the settings say which queue has which processor", () => {
  it("a function of the bundle, or another Lambda function", () => {
    const other = queueUrl.replace("orders", "mails");
    expect(
      read([
        { queueUrl, processor: "charge" },
        {
          queueUrl: other,
          dispatch: "invoke",
          functionArn,
          minLoops: 2,
          maxLoops: 3,
          growBy: 2,
          cooldownSeconds: 5,
          batchSize: 1,
          visibilitySeconds: 30,
        },
      ]),
    ).toEqual([
      {
        queueUrl,
        dispatch: "inline",
        processor: "charge",
        minLoops: 1,
        maxLoops: 10,
        growBy: 1,
        cooldownMs: 60_000,
        batchSize: 10,
        visibilitySeconds: 60,
      },
      {
        queueUrl: other,
        dispatch: "invoke",
        functionArn,
        minLoops: 2,
        maxLoops: 3,
        growBy: 2,
        cooldownMs: 5_000,
        batchSize: 1,
        visibilitySeconds: 30,
      },
    ]);
  });

  it.each<[string, unknown, string]>([
    ["queues", {}, "must be a list"],
    ["queues", [], "must be a list"],
    ["queues[0]", [7], "must be an object"],
    ["queues[0].queueUrl", [{ processor: "charge" }], "must be the URL of a queue, not nothing"],
    ["queues[0].queueUrl", [{ queueUrl: "orders", processor: "charge" }], 'not "orders"'],
    ["queues[0].queueUrl", [{ queueUrl: `${queueUrl}.fifo`, processor: "charge" }], "is a FIFO queue"],
    [
      "queues[1].queueUrl",
      [
        { queueUrl, processor: "charge" },
        { queueUrl, processor: "charge" },
      ],
      "is that of queues[0] too",
    ],
    ["queues[0].processor", [{ queueUrl }], "must be one of logMessage, charge, not nothing"],
    ["queues[0].processor", [{ queueUrl, processor: "toString" }], "must be one of"],
    ["queues[0].processor", [{ queueUrl, dispatch: "invoke", functionArn, processor: "charge" }], "is for dispatch"],
    ["queues[0].dispatch", [{ queueUrl, dispatch: "call" }], 'must be "inline" or "invoke", not "call"'],
    ["queues[0].functionArn", [{ queueUrl, dispatch: "invoke", functionArn: "mailer" }], "must be the ARN"],
    ["queues[0].functionArn", [{ queueUrl, processor: "charge", functionArn }], "is for dispatch"],
    ["queues[0].minLoops", [{ queueUrl, processor: "charge", minLoops: 0 }], "from 1 to 1000, not 0"],
    ["queues[0].maxLoops", [{ queueUrl, processor: "charge", minLoops: 5, maxLoops: 4 }], "from 5 to 1000"],
    ["queues[0].batchSize", [{ queueUrl, processor: "charge", batchSize: "10" }], 'not "10"'],
    ["queues[0].maxLops", [{ queueUrl, processor: "charge", maxLops: 4 }], "is not known. There are: queueUrl"],
  ])("%s is refused by its path: %j", (path, queues, message) => {
    expect(() => read(queues)).toThrow(
      expect.objectContaining({ code: "CONFIG_FAULT", path, message: expect.stringContaining(message) }),
    );
  });

  it("text that is not JSON is refused", () => {
    expect(() => queueSettingsFrom("{", [])).toThrow("queues is not JSON.");
  });
});
