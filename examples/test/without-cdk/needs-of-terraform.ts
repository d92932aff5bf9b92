import { type Allowed, type FunctionNeeds, type Needs, permissionsOf } from "./needs.ts";

// biome-ignore lint/suspicious/noExplicitAny: a configuration is read here and nowhere else; what is missing fails the comparison.
type Blocks = any;

/** Terraform's configuration as `@cdktf/hcl2json` parses it: each block is a list, each expression a text `${...}`. */
export interface Configuration {
  readonly resource: Readonly<Record<string, Readonly<Record<string, readonly Blocks[]>>>>;
  readonly data: Readonly<Record<string, Readonly<Record<string, readonly Blocks[]>>>>;
  readonly variable: Readonly<Record<string, readonly { readonly default?: unknown }[]>>;
}

/** Reads from Terraform's configuration what it gives to the worker and to its sweeper. */
export function needsOfTerraform({ resource, data, variable }: Configuration): Needs {
  const block = (type: string, name: string): Blocks => resource[type]?.[name]?.[0] ?? {};
  const parts: Readonly<Record<string, string>> = {
    "aws_lambda_function.worker": "worker",
    "aws_lambda_function.sweeper": "sweeper",
    "aws_dynamodb_table.runs": "table",
    "aws_sqs_queue.failures": "failures",
    "aws_cloudwatch_event_rule.sweeper": "rule",
  };
  const text = (value: unknown) =>
    String(value).replace(/\$\{([\w.]+)\}/g, (whole, path: string) => {
      if (path.startsWith("var.")) return String(variable[path.slice(4)]?.[0]?.default);
      return parts[path.replace(/\.\w+$/, "")] ?? whole;
    });

  function functionNeeds(name: "worker" | "sweeper"): FunctionNeeds {
    const { role, runtime, architectures, timeout, memory_size, environment } = block("aws_lambda_function", name);
    const policy = block("aws_iam_role_policy", name);
    if (role !== `\${aws_iam_role.${name}.arn}` || policy.role !== `\${aws_iam_role.${name}.id}`) {
      throw new Error(`The policy of ${name} is not that of its role.`);
    }
    const document = /^\$\{data\.aws_iam_policy_document\.(\w+)\.json\}$/.exec(policy.policy)?.[1] ?? "";
    const { statement } = data.aws_iam_policy_document?.[document]?.[0] ?? {};
    const variables: [string, unknown][] = Object.entries(environment[0].variables);
    return {
      runtime,
      architectures,
      timeoutSeconds: timeout,
      memoryMb: memory_size,
      retries: block("aws_lambda_function_event_invoke_config", name).maximum_retry_attempts,
      environment: Object.fromEntries(variables.map(([variableName, value]) => [variableName, text(value)])),
      permissions: permissionsOf(
        statement.map(
          ({ actions, resources }: Blocks): Allowed => ({
            actions,
            resources: resources.map((on: unknown) => text(on)),
          }),
        ),
      ),
    };
  }

  const table = block("aws_dynamodb_table", "runs");
  const invokes = block("aws_lambda_function_event_invoke_config", "worker");
  const queue = block("aws_sqs_queue", "failures");
  const permission = block("aws_lambda_permission", "sweeper");
  const target = block("aws_cloudwatch_event_target", "sweeper");
  const isPermitted = text(permission.function_name) === "sweeper" && text(permission.source_arn) === "rule";
  const isTarget = text(target.rule) === "rule";
  return {
    table: {
      billing: table.billing_mode,
      key: [`${table.hash_key} HASH`],
      indexes: table.global_secondary_index
        .map(
          ({ name, hash_key, range_key, projection_type }: Blocks) =>
            `${name}: ${hash_key} HASH, ${range_key} RANGE, ${projection_type}`,
        )
        .sort(),
      types: Object.fromEntries(table.attribute.map(({ name, type }: Blocks) => [name, type])),
      timeToLive: table.ttl[0].enabled ? table.ttl[0].attribute_name : "",
    },
    worker: {
      ...functionNeeds("worker"),
      recursiveLoop: block("aws_lambda_function_recursion_config", "worker").recursive_loop,
      maxEventAgeSeconds: invokes.maximum_event_age_in_seconds,
      onFailure: text(invokes.destination_config[0].on_failure[0].destination),
    },
    failures: { isEncrypted: queue.sqs_managed_sse_enabled, retentionSeconds: queue.message_retention_seconds },
    sweeper: {
      ...functionNeeds("sweeper"),
      schedule: `${block("aws_cloudwatch_event_rule", "sweeper").schedule_expression} starts ${isTarget ? text(target.arn) : ""}`,
      startedBy: isPermitted ? permission.principal : "",
    },
  };
}
