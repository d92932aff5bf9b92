import type { HiddenMessages } from "@longhaul/local/testing";
import { formatDuration, formatNumber } from "../report/format.ts";

/** Says which messages a run waits for while nothing is at work. */
export function hiddenMessagesNotice({ queue, count, hiddenForMs }: HiddenMessages): string {
  const messages = count === 1 ? "1 message is" : `${formatNumber(count)} messages are`;
  return `${messages} hidden by ${queue}, for up to ${formatDuration(hiddenForMs)}, before being tried again. With --timeout SECONDS it is six times as long.`;
}
