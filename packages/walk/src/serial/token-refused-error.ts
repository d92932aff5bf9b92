import { LonghaulError } from "@longhaul/core";

/** S3 refused the continuation token, and the state does not say after which key to go on. */
export class TokenRefusedError extends LonghaulError {
  override readonly isPermanent = true;

  constructor(bucket: string, cause: unknown) {
    super(
      "TOKEN_REFUSED",
      `s3://${bucket}: S3 refused the continuation token of CURRENT_STATE, which has no lastKey to go on after. Add the last key that was walked as CURRENT_STATE.lastKey, or begin anew without CURRENT_STATE.`,
      { cause },
    );
  }
}
