import type { Mutant } from "../../../../mutants/src/mutant.ts";

/** Deliberate bugs of schedules that wake sleepers. */
export const waking: readonly Mutant[] = [
  {
    id: "schedule-made-twice-is-an-error",
    promise: "A schedule whose creation is tried again is made once, and that is no error.",
    file: "src/recursion/scheduler-driver.ts",
    from: 'if (!(error instanceof Error && error.name === "ConflictException")) throw error;',
    to: "throw error;",
    testFile: "src/scheduler.test.ts",
    test: "has one schedule, however often it is made",
  },
  {
    id: "schedule-of-any-time",
    promise: "A sleep until another time has another schedule.",
    file: "src/recursion/scheduler-driver.ts",
    from: "JSON.stringify([run, hop, atMs])",
    to: "JSON.stringify([run, hop])",
    testFile: "src/scheduler.test.ts",
    test: "another sleep has another",
  },
  {
    id: "schedule-falls-due-early",
    promise: "A schedule falls due after the time of the sleeper, which drops what comes early.",
    file: "src/recursion/scheduler-driver.ts",
    from: "Math.ceil(ms / 1_000)",
    to: "Math.floor(ms / 1_000)",
    testFile: "src/scheduler.test.ts",
    test: "falls due at the next whole second after that",
  },
  {
    id: "event-filled-in",
    promise: "A sleeper gets its event as it is.",
    file: "src/recursion/scheduler-driver.ts",
    from: 'return json.replaceAll("<aws.scheduler.", "\\\\u003caws.scheduler.");',
    to: "return json;",
    testFile: "src/scheduler.test.ts",
    test: "gets its event as it is",
  },
  {
    id: "queue-passed-by",
    promise: "A run whose hops go through a queue is woken through it.",
    file: "src/recursion/scheduler-driver.ts",
    from: "if (queueUrl === undefined) return target;",
    to: "if (queueUrl !== null) return target;",
    testFile: "src/scheduler.test.ts",
    test: "is woken through the queue, if that is its channel",
  },
];
