/** All formats of data records. A new one is a file of its own, and a line here. */
export { csv } from "./csv.ts";
export { lines } from "./lines.ts";
export { ndjson } from "./ndjson.ts";
export { tasks } from "./tasks.ts";
