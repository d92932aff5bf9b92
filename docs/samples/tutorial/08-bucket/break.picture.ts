import { walkBucket } from "./counter-only.ts";
import { run, walkHistory } from "./run.picture.ts";

/** Until somebody looks, after six hours. */
export const breaks = () => run(walkBucket);

export default async () => walkHistory(await breaks(), "a counter, and no token");
