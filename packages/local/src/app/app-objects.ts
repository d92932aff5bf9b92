import type { LocalAws } from "../local-aws.ts";
import { AppStackError } from "./app-stack-error.ts";

/** Which bucket is meant. */
export interface BucketChoice {
  /** Name of the stack output that holds the bucket's name. */
  readonly bucket?: string;
}

/** The objects in the buckets of an app. */
export interface AppObjects {
  /**
   * Puts an object. Default bucket: the one of `inputBucketOutput` in the app's `longhaul.config.ts`.
   *
   * @throws {@link AppStackError} if there is no such bucket.
   */
  put(key: string, content: string | Uint8Array, choice?: BucketChoice): Promise<void>;
  /**
   * Reads an object as text. Default bucket: any bucket of the stack that has the key.
   *
   * @throws {@link AppStackError} if no bucket has it, or several do; the message lists the keys there are.
   */
  text(key: string, choice?: BucketChoice): Promise<string>;
  /** Keys of the objects, in byte order. Default buckets: every bucket that an output of the stack names. */
  keys(choice?: BucketChoice): readonly string[];
}

/** Most keys that an error lists. */
const MAX_LISTED = 20;

/** The objects of an app's buckets, through the plain HTTP of the embedded S3. */
export function appObjects(
  { s3, url }: Pick<LocalAws, "s3" | "url">,
  outputs: Readonly<Record<string, string>>,
  inputBucketOutput: string | undefined,
): AppObjects {
  const known = new Set(s3.listBuckets());
  const bucketOf = (output: string) => {
    const bucket = outputs[output];
    if (bucket !== undefined && known.has(bucket)) return bucket;
    throw new AppStackError(`The stack has no output ${output} that names a bucket.`);
  };
  const bucketsOf = ({ bucket }: BucketChoice) =>
    bucket === undefined ? [...new Set(Object.values(outputs))].filter((name) => known.has(name)) : [bucketOf(bucket)];
  const keys = (choice: BucketChoice = {}) => bucketsOf(choice).flatMap((bucket) => s3.listKeys(bucket));
  const urlOf = (bucket: string, key: string) => `${url}/${bucket}/${key.split("/").map(encodeURIComponent).join("/")}`;
  return {
    async put(key, content, { bucket: output = inputBucketOutput } = {}) {
      if (output === undefined) throw new AppStackError(`Which bucket gets ${key}? Give { bucket: "OutputName" }.`);
      const headers = { "x-amz-content-sha256": "UNSIGNED-PAYLOAD" };
      const target = urlOf(bucketOf(output), key);
      const { status } = await fetch(target, { method: "PUT", headers, body: new Uint8Array(Buffer.from(content)) });
      if (status !== 200) throw new AppStackError(`Putting ${key} was answered with ${status}.`);
    },
    async text(key, choice = {}) {
      const buckets = bucketsOf(choice).filter((bucket) => s3.listKeys(bucket).includes(key));
      const [bucket] = buckets;
      if (bucket === undefined || buckets.length > 1) {
        const there = keys(choice);
        const listed = there.slice(0, MAX_LISTED).join(", ") || "none";
        const what = bucket === undefined ? `No bucket has ${key}` : `${buckets.length} buckets have ${key}`;
        throw new AppStackError(`${what}. Keys there are: ${listed}${there.length > MAX_LISTED ? ", ..." : ""}.`);
      }
      const answer = await fetch(urlOf(bucket, key));
      if (!answer.ok) throw new AppStackError(`Reading ${key} was answered with ${answer.status}.`);
      return answer.text();
    },
    keys,
  };
}
