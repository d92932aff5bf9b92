import type { LoadHandler } from "@longhaul/core/testing";
import { importFiles } from "../../../samples/tutorial/09-queues/by-hand.ts";
import { plainFunction } from "../../../samples/tutorial/plain-function.ts";
import type { Settings } from "../settings.ts";
import { sendingWithin } from "../work.ts";
import type { PlayedWork } from "./played-work.ts";
import type { Tell } from "./tell.ts";

const EVENT = { Records: [{ body: "orders.ndjson" }] };

/** Chapter 9: its function by hand. The message is deleted when hop 0 succeeds, and the record after a third is broken. */
export function messageByHand(settings: Settings, tell: Tell): PlayedWork {
  const broken = Math.floor(settings.items / 3);
  let isDeleted = false;
  const handler: LoadHandler = (world) => {
    const send = sendingWithin(world, settings);
    const work = plainFunction(world, (invoke) =>
      importFiles(
        async (file, record) => {
          if (record === broken) throw new Error(`record ${record} of ${file} cannot be imported`);
          await send(record);
        },
        invoke,
        settings.items,
      ),
    );
    return async (event, context) => {
      const outcome = await work(event, context);
      if (!isDeleted)
        tell("bad", "Hop 0 succeeds, so the queue deletes the message. From here on no queue protects the file");
      isDeleted = true;
      return outcome;
    };
  };
  return { event: EVENT, handler };
}
