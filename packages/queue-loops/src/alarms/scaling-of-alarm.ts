import type { QueueAlarm } from "./alarm-event.ts";

/**
 * What the change of an alarm asks for. Fewer loops only if there was an alarm and it is over: a queue whose metric had
 * been missing says nothing about load when it comes back.
 */
export function scalingOf({
  oldState,
  newState,
}: Pick<QueueAlarm, "oldState" | "newState">): "up" | "down" | undefined {
  if (newState === "ALARM" && oldState !== "ALARM") return "up";
  if (newState === "OK" && oldState === "ALARM") return "down";
  return undefined;
}
