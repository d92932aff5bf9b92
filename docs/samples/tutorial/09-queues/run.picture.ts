import { recorded } from "../recorded.ts";

/** `npx longhaul run packages/sqs-file --timeout 4`, over the first 40,000 cities of the demo's data. */
export default () => recorded("09-queues/file.trace.json");
