import { defineApp } from "@longhaul/local";

export default defineApp({
  name: "minimal",
  functionOutput: "FunctionName",
  startEvent: () => ({ items: 200 }),
});
