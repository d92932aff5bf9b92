/** Runs inside AWS Lambda durable functions: the execution keeps the state, and a wait ends each invocation in time. */
export { type DurableRunContext, durableRun } from "./recursion/durable-run.ts";
