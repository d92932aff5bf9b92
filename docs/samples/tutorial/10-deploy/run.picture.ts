import { recorded } from "../recorded.ts";

/** `npx longhaul run docs/samples/tutorial/10-deploy --timeout 3`. */
export default () => recorded("10-deploy/invoices.trace.json");
