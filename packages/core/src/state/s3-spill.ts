import { GetObjectCommand, PutObjectCommand, S3Client } from "@aws-sdk/client-s3";
import { sdkSettings } from "../calls/sdk-settings.ts";
import { ConfigError, LonghaulError, type LonghaulErrorOptions, StateError } from "../errors.ts";
import type { StateRef } from "../recursion/envelope.ts";
import { utf8Bytes } from "./json.ts";
import { type StateSpill, sha256Hex } from "./spill.ts";

/** Options of {@link s3Spill}. */
export interface S3SpillOptions {
  readonly bucket: string;
  /** The prefix of the keys; ends with `/`. Default `".longhaul/states/"`. Let a lifecycle rule expire it. */
  readonly prefix?: string;
  /** A client of your own. Default: one per spill, made from the environment. */
  readonly client?: S3Client;
}

/** A large state could not be written to or read from S3. */
export class StateSpillError extends LonghaulError {
  constructor(message: string, options?: LonghaulErrorOptions) {
    super("STATE_SPILL", message, options);
  }
}

/**
 * Keeps states that are too large for an event or a record in S3, one object per state, written before it is referred
 * to. The role needs `s3:PutObject` and `s3:GetObject` on `bucket/prefix*`. Expire the prefix by a lifecycle rule, later
 * than `guards.maxDurationMs`.
 *
 * @throws {@link ConfigError} for an empty bucket, or a prefix that does not end with `/`.
 *
 * @example `recursive({ start, run, state: { spill: s3Spill({ bucket: process.env.STATE_BUCKET! }) } })`
 */
export function s3Spill(options: S3SpillOptions): StateSpill {
  const { bucket, prefix = ".longhaul/states/", client = new S3Client(sdkSettings()) } = options;
  if (typeof bucket !== "string" || bucket === "" || bucket.includes("/")) {
    throw new ConfigError(`s3Spill needs the name of a bucket, not ${JSON.stringify(bucket)}.`);
  }
  if (!prefix.endsWith("/")) {
    throw new ConfigError(`The prefix of s3Spill must end with "/", and ${JSON.stringify(prefix)} does not.`);
  }
  return {
    async put(run, hop, text, abortSignal) {
      const sha256 = await sha256Hex(text);
      // Run ids come from outside: hashed, one can neither leave the prefix nor reach another run's states.
      const key = `${prefix}${(await sha256Hex(run)).slice(0, 32)}/${hop}-${sha256}.json`;
      const uri = `s3://${bucket}/${key}`;
      try {
        await client.send(
          new PutObjectCommand({ Bucket: bucket, Key: key, Body: text, ContentType: "application/json" }),
          { ...(abortSignal && { abortSignal }) },
        );
      } catch (cause) {
        throw new StateSpillError(`Could not write the state to ${uri}: ${reasonOf(cause)}`, { cause });
      }
      return { uri, bytes: utf8Bytes(text), sha256 };
    },
    async get(ref, abortSignal) {
      const key = keyOf(ref, bucket, prefix);
      try {
        const command = new GetObjectCommand({ Bucket: bucket, Key: key });
        const { Body } = await client.send(command, { ...(abortSignal && { abortSignal }) });
        return (await Body?.transformToString()) ?? "";
      } catch (cause) {
        const isGone = cause instanceof Error && cause.name === "NoSuchKey";
        const advice = isGone ? " It expired or was deleted; begin the run again." : "";
        throw new StateSpillError(`Could not read the state at ${ref.uri}: ${reasonOf(cause)}${advice}`, { cause });
      }
    },
  };
}

/** The key a reference names; an event could be forged to make the function read another object. */
function keyOf(ref: StateRef, bucket: string, prefix: string): string {
  const origin = `s3://${bucket}/${prefix}`;
  const [, sha256] =
    (ref.uri.startsWith(origin) && ref.uri.slice(origin.length).match(/^[0-9a-f]{32}\/\d+-([0-9a-f]{64})\.json$/)) ||
    [];
  if (sha256 === undefined || sha256 !== ref.sha256) {
    throw new StateError(
      "state",
      `the reference ${JSON.stringify(ref.uri.slice(0, 200))} is not to a state under ${origin}; it is not read.`,
    );
  }
  return ref.uri.slice(`s3://${bucket}/`.length);
}

function reasonOf(cause: unknown): string {
  return cause instanceof Error ? `${cause.name}: ${cause.message}` : String(cause);
}
