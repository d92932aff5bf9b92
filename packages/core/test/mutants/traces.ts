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
  {
    id: "hops-outside-the-parents-trace",
    promise: "A run that continues a trace is in it with all its hops.",
    file: "src/otel/otel-observer.ts",
    from: "this.parentOf(event)?.traceId ?? traceIdOf(event.run)",
    to: "traceIdOf(event.run)",
    testFile: TEST_FILE,
    test: "that continues the trace of the event's traceparent, if asked to: all hops, and links between them",
  },
  {
    id: "items-of-hops-before",
    promise: "Items are counted once, though the work reports the sum of the run.",
    file: "src/otel/run-metrics.ts",
    from: "this.#items.add(now - before)",
    to: "this.#items.add(now)",
    testFile: TEST_FILE,
    test: "count each item once over all hops, though the work reports the sum of the run",
  },
];
