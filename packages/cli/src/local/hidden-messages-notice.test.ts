import { expect, it } from "vitest";
import { hiddenMessagesNotice } from "./hidden-messages-notice.ts";

it.each([
  [1, /^1 message is hidden by feeding, for up to 1 h 30 min/],
  [2_000, /^2,000 messages are hidden by feeding, for up to 1 h 30 min/],
])("%s hidden messages are told, with how long their queue hides them", (count, text) => {
  expect(hiddenMessagesNotice({ queue: "feeding", count, hiddenForMs: 5_400_000 })).toMatch(text);
});
