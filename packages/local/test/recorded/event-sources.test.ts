import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { recordedEventSourceCalls } from "./event-sources.ts";
import { factsOf, type LambdaPlace, openLambdaPlace } from "./lambda-place.ts";

let place: LambdaPlace;
beforeAll(async () => {
  place = await openLambdaPlace();
});
afterAll(() => place.close());

describe("event sources feed functions as AWS fed them", () => {
  it.each(recordedEventSourceCalls.map((each) => [each.recording, each] as const))("%s", async (_, row) => {
    expect(await row.call(place).catch(factsOf)).toEqual(row.answer);
  });
});
