import type { GetObjectCommand, S3Client } from "@aws-sdk/client-s3";
import type { LoadHandler } from "@longhaul/core/testing";
import { invoiceFile as withEtag } from "../../../samples/tutorial/05-caches/handler.ts";
import { OrderFile } from "../../../samples/tutorial/05-caches/order-file.ts";
import { invoiceFile as byPosition } from "../../../samples/tutorial/05-caches/position-only.ts";
import type { Settings } from "../settings.ts";
import { sendingWithin } from "../work.ts";
import type { PlayedWork } from "./played-work.ts";
import type { Tell } from "./tell.ts";

const EVENT = { bucket: "shop", key: "orders.txt" };

/**
 * Chapter 5: its functions, with `ObjectCache`, on a file of orders. After 40 % of the invoices the file is written anew
 * without its first tenth.
 */
export function replacedFile(settings: Settings, tell: Tell): PlayedWork {
  const { items, code } = settings;
  const orders = Array.from({ length: items }, (_, order) => order);
  const cancelled = Math.ceil(items / 10);
  const sentBefore = Math.floor(items * 0.4);
  const file = new OrderFile();
  file.put(orders);
  let sent = 0;
  const handler: LoadHandler = (world) => {
    const send = sendingWithin(world, settings);
    const client = {
      send: async (command: GetObjectCommand) => {
        const { downloads, notModified } = file;
        try {
          return await world.call("S3 GetObject", () => file.client.send(command));
        } finally {
          const isHeld = command.input.IfNoneMatch !== undefined;
          if (file.notModified > notModified) tell("plain", "S3 answers 304: the copy in memory is still right");
          if (file.downloads > downloads)
            tell(
              "plain",
              isHeld
                ? "S3 sends the file: the copy in memory is of another"
                : "S3 sends the file: no copy of it is in memory",
            );
        }
      },
    };
    return (code === "file-etag" ? withEtag : byPosition)({
      recursive: world.recursive,
      s3: client as Pick<S3Client, "send">,
      async sendInvoice(order, options) {
        await send(order, options);
        if (++sent !== sentBefore) return;
        file.put(orders.slice(cancelled));
        tell("bad", `Somebody replaces the file: its first ${cancelled} orders are cancelled`);
      },
    });
  };
  return { event: EVENT, handler };
}
