import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type LambdaPlace, openLambdaPlace } from "./lambda-place.ts";
import { recordedNotifications } from "./s3-notifications.ts";

let place: LambdaPlace;
beforeAll(async () => {
  place = await openLambdaPlace();
});
afterAll(() => place.close());

/** The facts of an error of S3: its status, name and message, and the arguments that it names. */
function factsOf(error: unknown): object {
  const { name, message, $metadata, ...rest } = error as Error & {
    readonly $metadata?: { readonly httpStatusCode?: number };
  };
  const named = Object.entries(rest).filter(([key]) => key.startsWith("Argument"));
  return { name, message, status: $metadata?.httpStatusCode, ...Object.fromEntries(named) };
}

describe("S3 sends events about objects as AWS did", () => {
  it.each(recordedNotifications.map((each) => [each.recording, each] as const))("%s", async (_, { call, answer }) => {
    expect(await call(place).catch(factsOf)).toEqual(answer);
  });
});
