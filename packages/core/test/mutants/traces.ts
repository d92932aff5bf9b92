import type { Mutant } from "../../../../mutants/src/mutant.ts";

const TEST_FILE = "src/otel/otel-observer.test.ts";

export const traces: readonly Mutant[] = [
  {
    id: "hand-off-without-its-id",
    promise: "Each hop links to the hand-off that began it.",
    file: "src/otel/otel-observer.ts",
    from: "const span = this.#ids.give({ traceId, spanId }, make);",
    to: "const span = make();",
    testFile: TEST_FILE,
    test: "of all its hops, each linked to the hand-off that began it",
  },
  {
    id: "refused-event-ends-the-hop",
    promise: "The span of a hop at work survives an event that is refused.",
    file: "src/otel/otel-observer.ts",
    from: 'if (event.type === "duplicate" && event.refusal !== "fenced") {',
    to: 'if (event.type === "duplicate" && !live.has(key)) {',
    testFile: TEST_FILE,
    test: "and an event that is refused has a span of its own, with the reason; the hop at work continues",
  },
  {
    id: "export-not-waited-for",
    promise: "Spans are exported before the invocation ends.",
    file: "src/otel/flushed.ts",
    from: "await flush([providers].flat()",
    to: "void flush([providers].flat()",
    testFile: TEST_FILE,
    test: "by OTLP over HTTP, every span of every hop",
  },
];
