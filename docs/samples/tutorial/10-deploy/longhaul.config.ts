import { defineApp } from "@longhaul/local";

export default defineApp({
  name: "invoices",
  functionOutput: "FunctionName",
  startEvent: () => ({ orders: 100 }),
});
