import { invoiceHistory } from "../invoices.ts";
import { invoiceFile } from "./position-only.ts";
import { ORDERS, run } from "./run.picture.ts";

/** The file is replaced, and nobody notices. */
export const breaks = () => run({ make: invoiceFile, isReplaced: true });

export default async () => invoiceHistory(await breaks(), ORDERS, "a replaced file");
