import { recorded } from "../recorded.ts";

/** `npm run demo -- bucket-walker`. */
export default () => recorded("08-bucket/walk.trace.json");
