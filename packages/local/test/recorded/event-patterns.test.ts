import { describe, expect, it } from "vitest";
import { compileEventPattern } from "../../src/events/event-pattern.ts";
import { knownDifferences, type RecordedPattern, recordedPatterns } from "./event-patterns.ts";

function answerTo({ pattern, event }: RecordedPattern): string | boolean {
  try {
    return compileEventPattern(pattern)(event);
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}

describe("an event pattern is answered as AWS answered", () => {
  it.each(recordedPatterns.map((each) => [each.recording, each] as const))("%s", (_, recorded) => {
    const answer = answerTo(recorded);
    if (typeof recorded.answer === "boolean") expect(answer).toBe(recorded.answer);
    else expect(answer).toContain(`Event pattern is not valid. Reason: ${recorded.answer}`);
  });

  it.each(knownDifferences.map((each) => [each.recording, each] as const))("but not yet: %s", (_, recorded) => {
    expect(answerTo(recorded)).not.toEqual(expect.stringContaining(String(recorded.answer)));
  });
});
