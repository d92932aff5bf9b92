export type { BundlingProps } from "./bundled-code.ts";
export { BundleError, InvalidPropError } from "./errors.ts";
export { RecursiveFunction, type RecursiveFunctionProps } from "./recursive-function.ts";
export { RunTable, type RunTableProps } from "./run-table.ts";
