export type { BundlingProps } from "./bundled-code.ts";
export { BundledFunction, type BundledFunctionProps } from "./bundled-function.ts";
export { ContextSettings, type GivenProps } from "./context-settings.ts";
export { BundleError, InvalidPropError, SettingError } from "./errors.ts";
export { RecursiveFunction, type RecursiveFunctionProps } from "./recursive-function.ts";
export { RunTable, type RunTableProps } from "./run-table.ts";
