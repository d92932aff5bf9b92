/** What a check of a run's result may look at. */
export interface VerifyContext {
  /** The input on disk: a file, or a directory. */
  readonly inputPath: string;
  /** Key under which it was put; of a directory, the prefix. */
  readonly inputKey: string;
  /** What was put: the one file, or all of the directory's. */
  readonly files: readonly { readonly key: string; readonly bytes: number }[];
  /** Id of the run; of several, that of the first. */
  readonly run: string;
  /** The stack's outputs by name. */
  readonly outputs: Readonly<Record<string, string>>;
  /** What makes an SDK client talk to the embedded AWS, such as `AWS_ENDPOINT_URL`. */
  readonly env: Readonly<Record<string, string>>;
  /** Reads an object of the embedded S3. */
  read(bucket: string, key: string): Promise<AsyncIterable<Uint8Array>>;
}

/** What a check says. */
export interface Verdict {
  readonly isOk: boolean;
  /** One line for people. */
  readonly message: string;
}

/** How the `longhaul` command runs an app: the default export of its `longhaul.config.ts`. */
export interface AppConfig {
  /** The app's name, for headings and files. */
  readonly name: string;
  /**
   * Name of the stack output that holds the bucket the input goes into. An app without one takes no input: it is for
   * `longhaul dev`, and `longhaul run` refuses it.
   */
  readonly inputBucketOutput?: string;
  /** Prefix of the input's key. Default: none. */
  readonly inputPrefix?: string;
  /** What the input is: one file, or also a directory, each of whose files becomes an object. Default: `file`. */
  readonly input?: "file" | "tree";
  /** Name of the stack output that holds the name of the function that runs. */
  readonly functionOutput: string;
  /** The event that starts the run once the input is there. Default: the arrival of each file starts a run. */
  readonly startEvent?: (outputs: Readonly<Record<string, string>>) => object;
  /** Compares the result with the input, by other means than the app's own. */
  readonly verify?: (context: VerifyContext) => Promise<Verdict>;
  /** Objects that the run made for people to look at, and the names of the files to save them as. */
  readonly results?: (
    context: Pick<VerifyContext, "run" | "outputs">,
  ) => readonly { readonly bucket: string; readonly key: string; readonly name: string }[];
}

/**
 * Gives an app's configuration its type.
 *
 * @example
 * ```ts
 * export default defineApp({ name: "s3-batch", inputBucketOutput: "SourceBucketName", inputPrefix: "in/", functionOutput: "FunctionName" });
 * ```
 */
export function defineApp(config: AppConfig): AppConfig {
  return config;
}
