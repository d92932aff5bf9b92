import { InvokeCommand } from "@aws-sdk/client-lambda";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { json, openTestbed, type Testbed } from "./lambda-testbed.ts";

let bed: Testbed;
beforeAll(async () => {
  bed = await openTestbed();
});
afterAll(() => bed.close());

describe("a synchronous invocation", () => {
  it("runs the handler and returns its result", async () => {
    const name = await bed.deploy("export const handler = async (event) => ({ doubled: event.n * 2 });");
    const answer = await bed.client.send(new InvokeCommand({ FunctionName: name, Payload: '{"n":21}' }));
    expect(answer.StatusCode).toBe(200);
    expect(answer.ExecutedVersion).toBe("$LATEST");
    expect(answer.FunctionError).toBeUndefined();
    expect(json(answer.Payload)).toEqual({ doubled: 42 });
  });
});
