/**
 * A suite that any {@link RunStore} can run, with any test runner: `recursive()` keeps its promises on a store that passes.
 * Uses `node:assert`.
 *
 * @example
 * ```ts
 * for (const { name, run } of storeCases) it(name, () => run(() => ({ store: myStore() })));
 * ```
 */

export { StoreConformanceError } from "./conformance/check.ts";
export type { MakeStore, StoreCase, StoreUnderTest } from "./conformance/store-case.ts";
export { storeCases } from "./conformance/store-cases.ts";
