/** An error as an SDK client throws it. */
export function s3Error(name: string, httpStatusCode: number, message: string = name): Error {
  return Object.assign(new Error(message), { name, $fault: "server", $metadata: { httpStatusCode } });
}

/** S3 says that it was asked too fast. */
export const slowDown = () => s3Error("SlowDown", 503, "Please reduce your request rate.");

/** The connection broke before there was an answer. */
export const reset = () => Object.assign(new Error("read ECONNRESET"), { code: "ECONNRESET" });
