import { CONNECT_MS } from "./call-limits.ts";

/** Settings of an AWS SDK client whose calls are made through {@link call}. */
export interface SdkSettings {
  readonly maxAttempts: 1;
  readonly requestHandler: { readonly connectionTimeout: number };
}

/**
 * Settings for SDK clients whose calls are made through {@link call}, which has the time limits and the retries. The
 * SDK's own retries share a quota among all calls of a client: one bad minute drains it, for healthy calls too.
 * https://docs.aws.amazon.com/sdkref/latest/guide/feature-retry-behavior.html
 *
 * @example `new DynamoDBClient(sdkSettings())`
 */
export function sdkSettings(): SdkSettings {
  return { maxAttempts: 1, requestHandler: { connectionTimeout: CONNECT_MS } };
}
