import { vi } from "vitest";
import { type Allowed, type FunctionNeeds, type Needs, permissionsOf } from "./needs.ts";

// biome-ignore lint/suspicious/noExplicitAny: arguments are read here and nowhere else; what is missing fails the comparison.
type Args = any;

/** A resource that a configuration made: its attributes are its name. */
interface Made {
  readonly type: string;
  readonly args: Args;
  readonly name: string;
  readonly arn: string;
  readonly nodes: { readonly role: { readonly name: string } };
}

const PARTS: Readonly<Record<string, string>> = {
  Worker: "worker",
  Sweeper: "sweeper",
  Runs: "table",
  Failures: "failures",
};

/**
 * Runs a configuration of SST with stand-ins for what SST puts into its global names, and reads what it gives to the worker
 * and to its sweeper. SST itself does not run.
 */
export async function needsOfSst(load: () => Promise<{ default: { run(): Promise<unknown> } }>): Promise<Needs> {
  const made: Made[] = [];
  const policies: Args[] = [];
  /** Any name below this one is a class of resources. */
  const classes = (path: string): unknown =>
    new Proxy(class {}, {
      get: (_, name) => {
        if (name === "getPolicyDocumentOutput") {
          return ({ statements }: Args) => ({ json: policies.push(statements) - 1 });
        }
        return classes(`${path}.${String(name)}`);
      },
      construct: (_, [name, args]: [string, Args]) => {
        const part = PARTS[name] ?? name;
        const resource: Made = { type: path, args, name: part, arn: part, nodes: { role: { name: part } } };
        made.push(resource);
        return resource;
      },
    });
  vi.stubGlobal("aws", classes("aws"));
  vi.stubGlobal("sst", classes("sst"));
  vi.stubGlobal("$config", (config: unknown) => config);
  vi.stubGlobal("$interpolate", (texts: TemplateStringsArray, ...values: string[]) =>
    String.raw({ raw: texts }, ...values),
  );
  try {
    await (await load()).default.run();
  } finally {
    vi.unstubAllGlobals();
  }
  const argsOf = (type: string, isWanted: (resource: Made) => boolean = () => true): Args => {
    const [found, ...others] = made.filter((resource) => resource.type === type && isWanted(resource));
    if (found === undefined || others.length > 0) throw new Error(`There are ${others.length} more of ${type}.`);
    return found.args;
  };

  function functionNeeds(name: string): FunctionNeeds {
    const args = argsOf("sst.aws.Function", (resource) => resource.name === name);
    const { policy } = argsOf("aws.iam.RolePolicy", ({ args: { role } }) => role === name);
    return {
      runtime: args.runtime,
      architectures: [args.architecture],
      timeoutSeconds: amount(args.timeout, "seconds"),
      memoryMb: amount(args.memory, "MB"),
      retries: args.retries,
      environment: args.environment,
      permissions: permissionsOf([...args.permissions, ...policies[policy]] as Allowed[]),
    };
  }

  const table = argsOf("aws.dynamodb.Table");
  const { transform } = argsOf("sst.aws.Function", ({ name }) => name === "worker");
  const queue = argsOf("aws.sqs.Queue");
  const cron = argsOf("sst.aws.Cron");
  return {
    table: {
      billing: table.billingMode,
      key: [`${table.hashKey} HASH`],
      indexes: table.globalSecondaryIndexes
        .map(
          ({ name, hashKey, rangeKey, projectionType }: Args) =>
            `${name}: ${hashKey} HASH, ${rangeKey} RANGE, ${projectionType}`,
        )
        .sort(),
      types: Object.fromEntries(table.attributes.map(({ name, type }: Args) => [name, type])),
      timeToLive: table.ttl.enabled ? table.ttl.attributeName : "",
    },
    worker: {
      ...functionNeeds("worker"),
      recursiveLoop: argsOf("aws.lambda.FunctionRecursionConfig", ({ args }) => args.functionName === "worker")
        .recursiveLoop,
      maxEventAgeSeconds: transform.eventInvokeConfig.maximumEventAgeInSeconds,
      onFailure: transform.eventInvokeConfig.destinationConfig.onFailure.destination,
    },
    failures: { isEncrypted: queue.sqsManagedSseEnabled, retentionSeconds: queue.messageRetentionSeconds },
    // SST's `Cron` is a schedule of EventBridge Scheduler, with a role of its own: it needs no permission of the function.
    sweeper: {
      ...functionNeeds("sweeper"),
      schedule: `${cron.schedule} starts ${cron.function}`,
      startedBy: "events.amazonaws.com",
    },
  };
}

/** `900 seconds` -> 900 */
function amount(text: string, unit: string): number {
  return Number(text.replace(` ${unit}`, ""));
}
