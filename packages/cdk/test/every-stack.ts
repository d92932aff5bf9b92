import { App, Stack } from "aws-cdk-lib";
import { EventBus } from "aws-cdk-lib/aws-events";
import { ContinueAsNew, KillSwitch, RecursiveFunction, RunDashboard, RunEvents, RunTable } from "../src/index.ts";
import { handlerFile as entry } from "./synthesize.ts";

/** The stacks of the four apps, and one with the constructs that they do not use. */
export async function everyStack(outdir?: string): Promise<App> {
  const app = new App({ ...(outdir !== undefined && { outdir }), context: { "aws:cdk:bundling-stacks": [] } });
  for (const name of ["bucket-walker", "queue-loops", "s3-batch", "sqs-file"]) {
    const file: Readonly<Record<string, typeof Stack>> = await import(`../../${name}/infra/stack.ts`);
    for (const AppStack of Object.values(file)) new AppStack(app, name);
  }
  const stack = new Stack(app, "others");
  const runTable = new RunTable(stack, "Runs");
  const worker = new RecursiveFunction(stack, "Worker", { entry, runTable, wakesOnTime: true });
  new RunEvents(stack, "Ends", { functions: [worker], bus: new EventBus(stack, "Bus") });
  new RunDashboard(stack, "Dashboard", { functions: [worker] });
  new KillSwitch(stack, "KillSwitch", { functions: [worker], maxInvocationsPerMinute: 100 });
  const called = new RecursiveFunction(stack, "Called", { entry, mayInvokeItself: false });
  new ContinueAsNew(stack, "Carried", { worker: called });
  return app;
}
