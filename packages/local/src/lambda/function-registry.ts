import type { EventInvokeConfig, ResolvedFunctionConfig } from "./function-config.ts";
import { parseFunctionName } from "./function-name.ts";
import { functionNotFound, LambdaError } from "./lambda-error.ts";
import type { InvokePermission } from "./permission.ts";
import type { PythonInterpreter } from "./python-interpreter.ts";
import type { RecursiveLoop } from "./recursive-loop.ts";

/** One version of a function: `$LATEST`, or a number. Nothing in it changes. */
export interface FunctionVersion {
  readonly config: ResolvedFunctionConfig;
  readonly version: string;
  /** The deployed copy of the code. */
  readonly codeRoot: string;
  /** The content of its layers, which it sees as `/opt` where that can be; `undefined` without layers. */
  readonly layersRoot: string | undefined;
  /** The Python that runs it. */
  readonly python: PythonInterpreter | undefined;
  /** Installed modules that AWS's runtime brings: those among which the SDK is, or Python's packages. */
  readonly moduleDirectories: readonly string[];
  readonly deployedAtMs: number;
  /** Differs between any two deployments; sandboxes of one never serve another. */
  readonly deployment: string;
}

/** A name for a version. */
export interface FunctionAlias {
  /** `$LATEST`, or a number. */
  readonly version: string;
  readonly description: string;
  /** Differs after each change. */
  readonly revision: string;
}

/** A function with all that is set on it as a whole. */
export interface FunctionRecord {
  readonly name: string;
  readonly arn: string;
  latest: FunctionVersion;
  readonly versions: Map<string, FunctionVersion>;
  /** By name. */
  readonly aliases: Map<string, FunctionAlias>;
  reservedConcurrency: number | undefined;
  recursiveLoop: RecursiveLoop;
  /** By qualifier; `$LATEST` is the unqualified function. */
  readonly eventInvokeConfigs: Map<string, EventInvokeConfig>;
  permissions: InvokePermission[];
}

/** The target of an invocation. */
export interface InvocationTarget {
  readonly record: FunctionRecord;
  readonly version: FunctionVersion;
  /** `undefined` when the caller named none. */
  readonly qualifier: string | undefined;
  /** ARN as invoked, with the qualifier if one was named. */
  readonly invokedArn: string;
  readonly eventInvokeConfig: EventInvokeConfig;
}

/** The functions deployed. */
export interface FunctionRegistry {
  readonly records: ReadonlyMap<string, FunctionRecord>;
  add(record: FunctionRecord): void;
  remove(name: string): FunctionRecord | undefined;
  /** @throws LambdaError `ResourceNotFoundException` */
  find(nameOrArn: string): FunctionRecord;
  /** @throws LambdaError `ResourceNotFoundException` if function, version or alias is missing. */
  resolve(nameOrArn: string, qualifier?: string): InvocationTarget;
  /** As `resolve`; an error names the version that would have run, `$LATEST` where none was asked for. */
  resolveForInvoke(nameOrArn: string, qualifier?: string): InvocationTarget;
  /** The ARN a call would touch, for authorisation before anything is looked up. */
  arnOf(nameOrArn: string, qualifier?: string): string;
}

/** Creates an empty registry. */
export function createFunctionRegistry(where: {
  readonly region: string;
  readonly accountId: string;
}): FunctionRegistry {
  const records = new Map<string, FunctionRecord>();
  const plainArn = (name: string) =>
    records.get(name)?.arn ?? `arn:aws:lambda:${where.region}:${where.accountId}:function:${name}`;

  function arnOf(nameOrArn: string, qualifier?: string): string {
    const parsed = parseFunctionName(nameOrArn, qualifier);
    const arn = plainArn(parsed.name);
    return parsed.qualifier === undefined ? arn : `${arn}:${parsed.qualifier}`;
  }

  function find(nameOrArn: string, qualifier?: string): InvocationTarget | undefined {
    const parsed = parseFunctionName(nameOrArn, qualifier);
    const record = records.get(parsed.name);
    const name = parsed.qualifier ?? "$LATEST";
    const versionName = record?.aliases.get(name)?.version ?? name;
    const version = versionName === "$LATEST" ? record?.latest : record?.versions.get(versionName);
    return (
      record &&
      version && {
        record,
        version,
        qualifier: parsed.qualifier,
        invokedArn: arnOf(nameOrArn, qualifier),
        eventInvokeConfig: record.eventInvokeConfigs.get(name) ?? {},
      }
    );
  }

  return {
    records,
    arnOf,
    add(record) {
      if (records.has(record.name)) {
        throw new LambdaError("ResourceConflictException", 409, `Function already exist: ${record.name}`);
      }
      records.set(record.name, record);
    },
    remove(name) {
      const record = records.get(name);
      records.delete(name);
      return record;
    },
    find(nameOrArn) {
      const { name } = parseFunctionName(nameOrArn);
      const record = records.get(name);
      if (!record) throw functionNotFound(arnOf(nameOrArn));
      return record;
    },
    resolve(nameOrArn, qualifier) {
      const target = find(nameOrArn, qualifier);
      if (!target) throw functionNotFound(arnOf(nameOrArn, qualifier));
      return target;
    },
    resolveForInvoke(nameOrArn, qualifier) {
      const target = find(nameOrArn, qualifier);
      if (target) return target;
      const isQualified = parseFunctionName(nameOrArn, qualifier).qualifier !== undefined;
      throw functionNotFound(arnOf(nameOrArn, isQualified ? qualifier : "$LATEST"));
    },
  };
}
