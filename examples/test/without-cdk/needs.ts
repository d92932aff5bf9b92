/** All that a function needs that continues as new, whichever tool deploys it. Resources are called by their part in it. */
export interface Needs {
  readonly table: {
    readonly billing: string;
    readonly key: readonly string[];
    /** Name, keys and projection of each. */
    readonly indexes: readonly string[];
    /** Types of all keys. */
    readonly types: Readonly<Record<string, string>>;
    readonly timeToLive: string;
  };
  readonly worker: FunctionNeeds & {
    readonly recursiveLoop: string;
    readonly maxEventAgeSeconds: number;
    readonly onFailure: string;
  };
  readonly failures: { readonly isEncrypted: boolean; readonly retentionSeconds: number };
  readonly sweeper: FunctionNeeds & { readonly schedule: string; readonly startedBy: string };
}

/** The part of {@link Needs} that both functions have. */
export interface FunctionNeeds {
  readonly runtime: string;
  readonly architectures: readonly string[];
  readonly timeoutSeconds: number;
  readonly memoryMb: number;
  readonly retries: number;
  readonly environment: Readonly<Record<string, string>>;
  /** `action on resource`, sorted; without the right to write logs, which each tool gives in its own way. */
  readonly permissions: readonly string[];
}

/** A statement of a policy, its resources called by their part. */
export interface Allowed {
  readonly actions: readonly string[];
  readonly resources: readonly string[];
}

/** Statements as {@link FunctionNeeds} lists them. */
export function permissionsOf(statements: readonly Allowed[]): readonly string[] {
  return statements
    .flatMap(({ actions, resources }) => actions.flatMap((action) => resources.map((on) => `${action} on ${on}`)))
    .filter((permission) => !permission.startsWith("logs:"))
    .sort();
}
