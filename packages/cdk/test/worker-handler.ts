import { createHash } from "node:crypto";

/** Lambda reports an error by its class, so minifying must keep the name. */
class WorkerFailedError extends Error {
  constructor(message: string) {
    super(message);
    this.name = new.target.name;
  }
}

export async function handler(event: unknown): Promise<{ digest: string; errorName: string }> {
  return {
    digest: createHash("sha256").update(JSON.stringify(event)).digest("hex"),
    errorName: new WorkerFailedError("no").name,
  };
}
