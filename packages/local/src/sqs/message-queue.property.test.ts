import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { QueuedMessage } from "./message.ts";
import { MessageQueue } from "./message-queue.ts";
import { settingsOf } from "./queue-attributes.ts";

const step = fc.oneof(
  fc.record({ kind: fc.constant("send" as const), delaySeconds: fc.integer({ min: 0, max: 5 }) }),
  fc.record({ kind: fc.constant("receive" as const), visibilitySeconds: fc.integer({ min: 0, max: 5 }) }),
  fc.record({ kind: fc.constant("delete" as const), pick: fc.nat() }),
  fc.record({ kind: fc.constant("extend" as const), pick: fc.nat(), seconds: fc.integer({ min: 0, max: 5 }) }),
  fc.record({ kind: fc.constant("pass" as const), ms: fc.integer({ min: 0, max: 3000 }) }),
);

describe("whatever senders and receivers do", () => {
  it("no message is held twice at once, and every message not deleted comes again", () => {
    fc.assert(
      fc.property(fc.array(step, { maxLength: 80 }), (steps) => {
        const queue = new MessageQueue(settingsOf({}));
        const alive = new Set<string>();
        const held = new Map<string, { receiveCount: number; untilMs: number }>();
        const receipts: { messageId: string; receiveCount: number }[] = [];
        let nowMs = 0;
        for (const [index, action] of steps.entries()) {
          if (action.kind === "pass") nowMs += action.ms;
          else if (action.kind === "send") {
            const outgoing = { body: "x", attributes: {}, senderId: "me", delaySeconds: action.delaySeconds };
            alive.add(queue.send(nowMs, `m${index}`, outgoing).id);
          } else if (action.kind === "receive") {
            const request = { maxMessages: 3, visibilityTimeoutSeconds: action.visibilitySeconds };
            for (const message of queue.receive(nowMs, request)) {
              expect(held.get(message.id)?.untilMs ?? 0).toBeLessThanOrEqual(nowMs);
              held.set(message.id, holdOf(message, nowMs + action.visibilitySeconds * 1000));
              receipts.push({ messageId: message.id, receiveCount: message.receiveCount });
            }
          } else {
            const receipt = receipts[action.pick % Math.max(1, receipts.length)];
            if (!receipt) continue;
            const hold = held.get(receipt.messageId);
            const isCurrent = hold?.receiveCount === receipt.receiveCount && alive.has(receipt.messageId);
            if (action.kind === "delete") {
              queue.delete(nowMs, receipt);
              if (isCurrent) alive.delete(receipt.messageId);
            } else if (isCurrent && hold.untilMs > nowMs) {
              queue.changeVisibility(nowMs, receipt, action.seconds, "handle");
              hold.untilMs = nowMs + action.seconds * 1000;
            } else {
              expect(() => queue.changeVisibility(nowMs, receipt, action.seconds, "handle")).toThrow();
            }
          }
          const counts = queue.counts(nowMs);
          expect(counts.visible + counts.inFlight + counts.delayed).toBe(alive.size);
        }
        const rest = queue.receive(nowMs + 60_000, { maxMessages: 1000, visibilityTimeoutSeconds: 1 });
        expect(new Set(rest.map(({ id }) => id))).toEqual(alive);
      }),
      { numRuns: 300 },
    );
  });
});

function holdOf(message: QueuedMessage, untilMs: number) {
  return { receiveCount: message.receiveCount, untilMs };
}
