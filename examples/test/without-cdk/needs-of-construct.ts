import { fileURLToPath } from "node:url";
import { RecursiveFunction, RunTable } from "@longhaul/cdk";
import { App, Stack } from "aws-cdk-lib";
import { Template } from "aws-cdk-lib/assertions";
import type { Needs } from "./needs.ts";
import { needsOfTemplate } from "./needs-of-template.ts";

/** Synthesizes the constructs of `@longhaul/cdk` around the function that the samples deploy: the measure for all of them. */
export function needsOfConstruct(): Needs {
  // Nothing is bundled: no property depends on the code.
  const stack = new Stack(new App({ context: { "aws:cdk:bundling-stacks": [] } }), "Orders");
  new RecursiveFunction(stack, "Worker", {
    entry: fileURLToPath(new URL("../../src/store.ts", import.meta.url)),
    runTable: new RunTable(stack, "Runs"),
    environment: { BILLING_URL: "https://billing.example.com" },
  });
  return needsOfTemplate(Template.fromStack(stack).toJSON() as Parameters<typeof needsOfTemplate>[0]);
}
