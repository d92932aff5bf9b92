/** Base of every error the embedded AWS throws to its user (not those it answers over HTTP). `code` is stable. */
export class LocalAwsError extends Error {
  readonly code: string;
  constructor(code: string, message: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
    this.name = new.target.name;
  }
}
