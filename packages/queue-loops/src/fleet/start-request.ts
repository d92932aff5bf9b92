/** Which queues to start or stop, and with how many loops. */
export interface StartRequest {
  /** `undefined` for all queues of the settings. */
  readonly queueUrl: string | undefined;
  /** `undefined` for as many as there were, at least the minimum. */
  readonly loops: number | undefined;
}

/** A request that cannot be carried out. */
class StartRequestError extends Error {
  readonly code = "START_REQUEST";

  constructor(path: string, problem: string) {
    super(`${path} ${problem}`);
    this.name = "StartRequestError";
  }
}

/**
 * Reads `{}`, `{ "queueUrl": "..." }` or `{ "queueUrl": "...", "loops": 4 }`.
 *
 * @throws StartRequestError with the path of the fault.
 */
export function startRequestOf(event: unknown, queueUrls: readonly string[]): StartRequest {
  const fields = new Map(typeof event === "object" && event !== null ? Object.entries(event) : []);
  const queueUrl = queueUrls.find((url) => url === fields.get("queueUrl"));
  if (fields.has("queueUrl") && queueUrl === undefined) {
    throw new StartRequestError("queueUrl", "names no queue of the settings.");
  }
  const loops: unknown = fields.get("loops");
  if (loops !== undefined && !(Number.isSafeInteger(loops) && Number(loops) > 0)) {
    throw new StartRequestError("loops", `must be a whole number above 0, not ${JSON.stringify(loops)}.`);
  }
  return { queueUrl, loops: loops === undefined ? undefined : Number(loops) };
}
