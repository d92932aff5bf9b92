/** The functions beside the loops: one bundle, from which each takes the handler of its name. */
export { restart } from "./restart.ts";
export { scaleDown, scaleUp } from "./scale.ts";
export { start, stop } from "./start.ts";
