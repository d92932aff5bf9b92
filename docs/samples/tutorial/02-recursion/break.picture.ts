import { endOfMonthMs, invoiceHistory } from "../invoices.ts";
import { ORDERS, run } from "./run.picture.ts";

/** Some invoices take longer than the reserve. */
export const breaks = () => run(endOfMonthMs);

export default async () => invoiceHistory(await breaks(), ORDERS, "the end of the month");
