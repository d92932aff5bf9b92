import type { FleetHistory } from "../../demo/queue-loops/fleet-history.ts";

const LOOK_EVERY_MS = 250;
const MESSAGES = 900;

/** A fleet as the demo of queue-loops sees it: 900 messages, loops that come and go, one that is killed and replaced. */
export function fleetHistory(): FleetHistory {
  const samples = Array.from({ length: 120 }, (_, at) => {
    const depth = Math.max(0, MESSAGES - at * 9);
    const tokens = 1 + Math.min(3, Math.floor(at / 12), Math.ceil(depth / 100));
    const loops = at > 40 && at < 48 ? tokens - 1 : tokens;
    return { atMs: at * LOOK_EVERY_MS, depth, processed: MESSAGES - depth, tokens, loops, alarms: tokens - 1 };
  });
  return {
    startedAtMs: 1_780_000_000_000,
    messages: MESSAGES,
    samples,
    events: [
      { atMs: 0, kind: "note", text: "900 messages arrive, one loop runs" },
      { atMs: 3_000, kind: "up", text: "scale-up: 2 loops" },
      { atMs: 10_250, kind: "killed", text: "SIGKILL to the process of one loop" },
      { atMs: 12_000, kind: "restarted", text: "restart: another loop in its place" },
    ],
    thresholds: [40, 120, 240],
    verdict: { isOk: true, message: "all 899 messages processed, the poisonous one with the dead letters" },
  };
}
