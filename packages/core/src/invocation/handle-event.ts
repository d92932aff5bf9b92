import type { InvocationContext } from "../options.ts";
import type { Outcome } from "../recursion/outcome.ts";
import type { Settings } from "../settings.ts";
import { endHop, failRun } from "./end.ts";
import { enterHop, identifyHop } from "./enter.ts";
import type { ContainerMemory, Invocation } from "./invocation.ts";
import { Reporter } from "./reporter.ts";
import { workHop } from "./work.ts";

/** Runs one hop: names the run, takes its lease, does its work, ends the hop. Each step gets what the one before found. */
export async function handleEvent<Event, State, Result>(
  settings: Settings<Event, State, Result>,
  container: ContainerMemory,
  context: InvocationContext,
  event: unknown,
): Promise<Outcome<Result>> {
  const remainingMs = () => context.getRemainingTimeInMillis();
  const invocation: Invocation<Event, State, Result> = {
    ...{ settings, container, context, remainingMs },
    windowMs: remainingMs(),
  };
  const identified = await identifyHop(invocation, event);
  const { traceparent } = identified.opened.base;
  const parts = { ...invocation, ...(typeof traceparent === "string" && { traceparent }) };
  const reporter = new Reporter<Result>(parts, { ...identified.id, steps: 0, progress: {} });
  try {
    container.ended.assertGoesOn(identified.id, context);
    const entered = await enterHop(invocation, identified, reporter);
    if (entered.isRefused) return entered.outcome;
    try {
      const end = await workHop(invocation, entered);
      return await endHop(invocation, entered, end);
    } catch (error) {
      return await failRun(invocation, entered, error);
    } finally {
      entered.heartbeat?.stop();
      entered.hop.end();
    }
  } catch (error) {
    reporter.error(error);
    throw error;
  }
}
