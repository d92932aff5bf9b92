import { defineApp } from "@longhaul/local";

// Without an input, so for `longhaul dev` only: loops begin with no object, and do not end.
export default defineApp({ name: "queue-loops", functionOutput: "FunctionName" });
