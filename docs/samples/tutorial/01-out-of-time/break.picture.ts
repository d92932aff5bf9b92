import { invoiceHistory } from "../invoices.ts";
import { run } from "./run.picture.ts";

/** The day of the sale. */
export const ORDERS = 3_000;

export const breaks = () => run(ORDERS);

export default async () => invoiceHistory(await breaks(), ORDERS, "the day of the sale");
