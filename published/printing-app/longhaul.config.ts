import { defineApp } from "@longhaul/local";

export default defineApp({
  name: "printing-app",
  functionOutput: "FunctionName",
  startEvent: () => ({ lines: 50_000 }),
});
