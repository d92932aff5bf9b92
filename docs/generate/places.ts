import { fileURLToPath } from "node:url";

/** The documentation's own folder. */
export const DOCS = fileURLToPath(new URL("..", import.meta.url));
/** The workspace whose code is documented. */
export const WORKSPACE = fileURLToPath(new URL("../..", import.meta.url));
