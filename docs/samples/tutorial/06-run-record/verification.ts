import assert from "node:assert/strict";
import { defineVerification, type VerifyOptions } from "@longhaul/core/testing";
import { invoiceOrders } from "./handler.ts";

/** Two orders, and a mail service that may know idempotency keys. */
export function verification(knowsKeys: boolean): VerifyOptions<Map<string, number>> {
  // #region verification
  return defineVerification({
    event: { orders: 2 },
    services: () => new Map<string, number>(),
    handler: (world, mails) =>
      invoiceOrders({
        recursive: world.recursive,
        store: world.store,
        sendInvoice: (order, { signal, idempotencyKey } = {}) =>
          world.call(
            `send invoice ${order}`,
            () => {
              const key = knowsKeys && idempotencyKey ? idempotencyKey : `mail ${mails.size + 1}`;
              mails.set(key, order);
            },
            signal && { signal },
          ),
      }),
    invariant: (_result, mails) => assert.equal(mails.size, 2, `2 orders, ${mails.size} invoices`),
  });
  // #endregion verification
}
