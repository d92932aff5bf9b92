import type { Mutant } from "../../../../mutants/src/mutant.ts";

/** Deliberate bugs of `verify()`: trials that it leaves out, and findings that it does not notice. */
export const verifications: readonly Mutant[] = [
  {
    id: "verify-leaves-out-trials",
    promise: "verify() makes a trial of each fault on each occasion.",
    file: "src/testing/verify.ts",
    from: "for (let at = lastOf(script) + 1; at <= occasions.length; at++) {",
    to: "for (let at = lastOf(script) + 1; at < occasions.length; at++) {",
    testFile: "src/testing/verify.test.ts",
    test: "each fault on each occasion, once",
  },
  {
    id: "verify-ignores-always",
    promise: "verify() asks at every moment what must always hold.",
    file: "src/testing/verify.ts",
    from: "if (!fallen) always?.(services);",
    to: "if (!fallen && !trace.length) always?.(services);",
    testFile: "src/testing/verify.test.ts",
    test: "a side effect that is not idempotent: 1",
  },
  {
    id: "verify-is-whole-when-time-ran-out",
    promise: "verify() says that it did not make all trials.",
    file: "src/testing/verify.ts",
    from: "{ faults, trials: made, of }], isWhole: false };",
    to: "{ faults, trials: made, of }], isWhole: true };",
    testFile: "src/testing/verify.test.ts",
    test: "and that it is not whole",
  },
  {
    id: "verify-trials-stray-unnoticed",
    promise: "verify() refuses a handler that does something else in each trial.",
    file: "src/testing/verify.ts",
    from: "if (!chooser.isPlayed) {",
    to: "if (!chooser.isPlayed && trace.length === 0) {",
    testFile: "src/testing/verify.test.ts",
    test: "a handler that does something else in each trial is an error",
  },
  {
    id: "verify-shares-module-state",
    promise: "A function instance has module state of its own, which a cold start makes anew.",
    file: "src/testing/verify.ts",
    from: "const load = (world: Parameters<typeof handler>[0]) => handler(world, services);",
    to: "let made: ReturnType<typeof handler> | undefined;\n  const load = (world: Parameters<typeof handler>[0]) => (made ??= handler(world, services));",
    testFile: "src/testing/verify.test.ts",
    test: "a total that is counted outside",
  },
];
