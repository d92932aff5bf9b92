/** The input of a check of a run's result. */
export interface VerifyContext {
  /** The input on disk: a file, or a directory; empty if the run had none. */
  readonly inputPath: string;
  /** Key under which it was put; of a directory, the prefix. */
  readonly inputKey: string;
  /** The objects that were put: the one file, or all of the folder's. */
  readonly files: readonly { readonly key: string; readonly bytes: number }[];
  /** The event that started the run; `undefined` if the arrival of the input did. */
  readonly event?: Readonly<Record<string, unknown>>;
  /** Id of the run; of several, that of the first. */
  readonly run: string;
  /** The stack's outputs by name. */
  readonly outputs: Readonly<Record<string, string>>;
  /** Variables of the function's environment, from the stack and from `--env`. */
  readonly environment: Readonly<Record<string, string>>;
  /** Variables that make an SDK client talk to the embedded AWS, such as `AWS_ENDPOINT_URL`. */
  readonly env: Readonly<Record<string, string>>;
  /** Reads an object of the embedded S3. */
  read(bucket: string, key: string): Promise<AsyncIterable<Uint8Array>>;
}

/** The result of a check. */
export interface Verdict {
  readonly isOk: boolean;
  /** One line for people. */
  readonly message: string;
}

/** Something that a run made, to be saved: an object, the objects below a prefix, or the items of a table. */
export type RunResult =
  | { readonly bucket: string; readonly key: string /** Of the file. */; readonly name: string }
  | { readonly bucket: string; readonly prefix: string }
  | { readonly table: string /** Of the file: a line of JSON for each item. */; readonly name: string };

/** How the `longhaul` command runs an app: the default export of its `longhaul.config.ts`. */
export interface AppConfig {
  /** The app's name, for headings and files. */
  readonly name: string;
  /** Name of the stack output that holds the bucket the input goes into. */
  readonly inputBucketOutput?: string;
  /** Name of the stack output that holds the URL of a queue: each line of the input becomes a message of it. */
  readonly inputQueueOutput?: string;
  /** Prefix of the input's key. Default: none. */
  readonly inputPrefix?: string;
  /** The kind of input: one file, or also a folder, each of whose files becomes an object. Default: `file`. */
  readonly input?: "file" | "tree";
  /** The input where none is given: a path below the app's directory. */
  readonly sample?: string;
  /** Name of the stack output that holds the name of the function that runs. */
  readonly functionOutput: string;
  /** Name of the stack output that holds the name of the function the start event is for. Default: `functionOutput`. */
  readonly startFunctionOutput?: string;
  /** The event that starts the run once the input is there. Default: the arrival of each file starts a run. */
  readonly startEvent?: (outputs: Readonly<Record<string, string>>) => object;
  /** Compares the result with the input, by other means than the app's own. */
  readonly verify?: (context: VerifyContext) => Promise<Verdict>;
  /** Names the results of a run, for `--results`. */
  readonly results?: (context: Pick<VerifyContext, "event" | "run" | "outputs">) => readonly RunResult[];
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
