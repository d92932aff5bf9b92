import { invoiceHistory } from "../invoices.ts";
import { ORDERS, run } from "./run.picture.ts";

/** The file is replaced, and the run ends. */
export const replaced = () => run({ isReplaced: true });

export default async () => invoiceHistory(await replaced(), ORDERS, "a replaced file, noticed");
