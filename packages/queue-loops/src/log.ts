/** Writes one line of JSON, as Lambda's log format carries it. */
export function log(level: "INFO" | "WARN" | "ERROR", message: string, fields: object): void {
  console.log(JSON.stringify({ level, message, ...fields }));
}

/** What a line says of an error: no stack, no body of a message. */
export function errorFields(error: unknown): { error: string; code?: string } {
  if (!(error instanceof Error)) return { error: String(error).slice(0, 300) };
  const code = "code" in error && typeof error.code === "string" ? { code: error.code } : {};
  return { error: `${error.name}: ${error.message}`.slice(0, 300), ...code };
}
