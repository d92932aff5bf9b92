import { invoiceHistory } from "../invoices.ts";
import { ORDERS, run } from "./run.picture.ts";

/** The same day without a run store, and with a service that does not know keys. */
export const breaks = () => run({ hasStore: false, knowsKeys: false });

export default async () => invoiceHistory(await breaks(), ORDERS, "without a record");
