import { describe, expect, it } from "vitest";
import { createManualClock } from "../../test/manual-clock.ts";
import { createMoveTasks } from "./move-tasks.ts";
import { Queues } from "./queues.ts";

// LocalStack's recordings of AWS, tests/aws/services/sqs/test_sqs_move_task.py.
describe("a move task that cannot be cancelled says why", () => {
  const queues = new Queues({
    region: "us-east-1",
    accountId: "000000000000",
    clock: createManualClock(),
    newId: () => "id",
  });
  const dead = queues.create("dead", {});
  const RedrivePolicy = JSON.stringify({ deadLetterTargetArn: dead.arn, maxReceiveCount: 1 });
  queues.create("work", { RedrivePolicy });
  const tasks = createMoveTasks(queues, () => "task");
  const handleOf = (sourceArn: string) => Buffer.from(JSON.stringify({ taskId: "t", sourceArn })).toString("base64");
  const missing = dead.arn.replace("dead", "missing");

  it.each([
    ["foobared", "InvalidParameterValue", "Value for parameter TaskHandle is invalid."],
    [Buffer.from("{}").toString("base64"), "InvalidParameterValue", "Value for parameter TaskHandle is invalid."],
    [
      handleOf(missing),
      "ResourceNotFoundException",
      "The resource that you specified for the SourceArn parameter doesn't exist.",
    ],
    [handleOf(dead.arn), "ResourceNotFoundException", "Task does not exist."],
  ])("%s", (handle, code, message) => {
    expect(() => tasks.cancel(handle)).toThrow(expect.objectContaining({ code, message }));
  });

  it("one that is over", () => {
    const { handle } = tasks.start(dead, undefined, 0);
    expect(() => tasks.cancel(handle)).toThrow(expect.objectContaining({ code: "UnsupportedOperation" }));
  });
});
