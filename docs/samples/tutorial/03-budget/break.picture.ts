import { endOfMonthMs, invoiceHistory } from "../invoices.ts";
import { ORDERS, run } from "./run.picture.ts";

/** The invoice that gets no answer. */
export const SILENT = 700;

/** The service does not answer for one of the orders, for an hour. */
export const breaks = () => run((order) => (order === SILENT ? 3_600_000 : endOfMonthMs(order)));

export default async () => invoiceHistory(await breaks(), ORDERS, "a call that is not answered");
