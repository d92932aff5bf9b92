import { defineApp } from "@longhaul/local";

// Loops do not end: a job is done when the queue is empty. `longhaul dev` keeps them running.
export default defineApp({
  name: "queue-loops",
  inputQueueOutput: "MessagesQueueUrl",
  sample: "sample/messages.ndjson",
  functionOutput: "FunctionName",
  startFunctionOutput: "StartFunctionName",
  startEvent: () => ({}),
});
