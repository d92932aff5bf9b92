/** Events of the ends of runs, on an EventBridge bus. Needs `@aws-sdk/client-eventbridge`. */
export { type EndEventDetail, type EndEventsOptions, endEvents } from "./ends/end-events.ts";
