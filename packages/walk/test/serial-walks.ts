import type { WalkerCloud } from "./walker-cloud.ts";

/** The objects that serial walks list in these tests. */
export const objects = Array.from({ length: 2_000 }, (_, i) => ({ key: `写真/${i % 7}/k ${i}+&.jpg`, size: i }));
export const bytes = objects.reduce((sum, { size }) => sum + size, 0);

/** A run whose hops have learned that a step takes for ever: each lists one page, however fast or busy the machine is. */
export function withOneStepHops(event: object, run: string): object {
  const forEver = { mean: 1e30, dev: 0, peak: 1e30 };
  const stats = { budget: { step: forEver, handOff: forEver } };
  return { ...event, longhaul: { v: 1, run, hop: 0, startedAt: Date.now(), stats } };
}

/** The number of objects that a walk listed, and its report, once it is done. */
export async function reportOf(cloud: WalkerCloud, run: string) {
  await cloud.until((event) => event.run === run && event.type === "done");
  const { result: json = "" } = (await cloud.runs.get(run)) ?? {};
  const { objects: listed, result } = JSON.parse(json) as { objects: number; result: Record<string, unknown> };
  return { listed, report: await cloud.report(result) };
}
