import type { ProcessMessage } from "./loop/process-batch.ts";

/**
 * What is done with a message. Replace it with your own work, or add functions of other names; the settings say which
 * queue has which. A message may come twice, so doing it twice must be harmless; whatever is thrown sends it back.
 */
const logMessage: ProcessMessage = async ({ messageId, body, receiveCount }) => {
  console.log(JSON.stringify({ level: "INFO", message: "processed", messageId, bytes: body.length, receiveCount }));
};

/** The functions of this bundle, by the names that the settings use. */
export const processors: Readonly<Record<string, ProcessMessage>> = { logMessage };
