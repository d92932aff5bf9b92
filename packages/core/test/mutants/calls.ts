import type { Mutant } from "../../../../mutants/src/mutant.ts";

/** Deliberate bugs of calls to services. */
export const calls: readonly Mutant[] = [
  {
    id: "limit-stays-after-an-answer",
    promise: "An answered call leaves no timer behind.",
    file: "src/calls/call.ts",
    from: "  close(): void {\n    this.#cancel();",
    to: "  close(): void {",
    testFile: "src/calls/call.test.ts",
    test: "leaves no listener and no timer behind after an answer",
  },
  {
    id: "listener-stays-after-an-answer",
    promise: "An answered call leaves no listener behind.",
    file: "src/calls/call.ts",
    from: '    this.#signal?.removeEventListener("abort", this.#onAbort);',
    to: "",
    testFile: "src/calls/call.test.ts",
    test: "leaves no listener and no timer behind after an answer",
  },
  {
    id: "stall-timer-stays",
    promise: "A stream that is over leaves no timer behind.",
    file: "src/calls/idle-limit.ts",
    from: "  close(): void {\n    this.#cancel();",
    to: "  close(): void {",
    testFile: "src/calls/idle-limit.test.ts",
    test: "never after it was closed, which leaves nothing behind",
  },
  {
    id: "listener-of-a-stream-stays",
    promise: "A stream that is over leaves no listener behind.",
    file: "src/calls/idle-limit.ts",
    from: '  close(): void {\n    this.#cancel();\n    this.#options.signal?.removeEventListener("abort", this.#onAbort);',
    to: "  close(): void {\n    this.#cancel();",
    testFile: "src/calls/idle-limit.test.ts",
    test: "never after it was closed, which leaves nothing behind",
  },
];
