import { type Allowed, type FunctionNeeds, type Needs, permissionsOf } from "./needs.ts";

/** A CloudFormation template, as any tool writes it. */
export interface Template {
  readonly Parameters?: Readonly<Record<string, { readonly Default?: unknown }>>;
  readonly Resources: Readonly<Record<string, Resource>>;
}

interface Resource {
  readonly Type: string;
  // biome-ignore lint/suspicious/noExplicitAny: a template is read here and nowhere else; what is missing fails the comparison.
  readonly Properties?: any;
}

/** Reads from a template what it gives to the function that may recurse, and to its sweeper. */
export function needsOfTemplate(template: Template): Needs {
  const all = Object.entries(template.Resources);
  const of = (type: string) => all.filter(([, { Type }]) => Type === type);
  const only = ([found, ...others]: [string, Resource][], what: string): [string, Resource["Properties"]] => {
    if (found === undefined || others.length > 0) throw new Error(`The template has ${others.length} more ${what}.`);
    return [found[0], found[1].Properties ?? {}];
  };
  const variables = ({ Properties }: Resource) => Properties.Environment?.Variables ?? {};
  const functions = of("AWS::Lambda::Function");
  const [workerId, worker] = only(
    functions.filter(([, resource]) => "LONGHAUL_RECURSIVE_LOOP" in variables(resource)),
    "workers",
  );
  const [sweeperId, sweeper] = only(
    functions.filter(([, resource]) => "LONGHAUL_RESUME_AFTER_MS" in variables(resource)),
    "sweepers",
  );
  const [tableId, table] = only(of("AWS::DynamoDB::Table"), "tables");
  const [queueId, queue] = only(of("AWS::SQS::Queue"), "queues");
  const [ruleId, rule] = only(of("AWS::Events::Rule"), "rules");
  const parts = new Map([
    [workerId, "worker"],
    [sweeperId, "sweeper"],
    [tableId, "table"],
    [queueId, "failures"],
    [ruleId, "rule"],
  ]);

  function text(value: unknown): string {
    if (typeof value !== "object" || value === null) return String(value);
    const [[intrinsic, of] = ["", undefined], ...more] = Object.entries(value);
    if (more.length === 0 && intrinsic === "Ref") return referred(String(of));
    if (more.length === 0 && intrinsic === "Fn::GetAtt")
      return attribute(String((of as string[])[0]), (of as string[])[1]);
    if (more.length === 0 && intrinsic === "Fn::Join") {
      const [separator, values] = of as [string, unknown[]];
      return values.map(text).join(separator);
    }
    if (more.length === 0 && intrinsic === "Fn::Sub") {
      return String(of).replace(/\$\{(\w+)\.(\w+)\}/g, (_, id: string, name: string) => attribute(id, name));
    }
    return JSON.stringify(value);
  }
  const referred = (id: string) => parts.get(id) ?? String(template.Parameters?.[id]?.Default ?? `the ref of ${id}`);
  const attribute = (id: string, name = "") => `${parts.get(id) ?? id}${name === "Arn" ? "" : `.${name}`}`;

  const invokeConfigOf = (id: string) =>
    only(
      of("AWS::Lambda::EventInvokeConfig").filter(([, { Properties }]) => Properties.FunctionName.Ref === id),
      "settings of asynchronous invocation",
    )[1];

  function functionNeeds(id: string, properties: Resource["Properties"]): FunctionNeeds {
    const roleId: string = properties.Role["Fn::GetAtt"][0];
    const attached = of("AWS::IAM::Policy")
      .map(([, { Properties }]) => Properties)
      .filter(({ Roles }) => Roles.some(({ Ref }: { Ref: string }) => Ref === roleId));
    const policies = [...(template.Resources[roleId]?.Properties.Policies ?? []), ...attached];
    const statements = policies.flatMap(({ PolicyDocument }): Allowed[] =>
      PolicyDocument.Statement.map(({ Effect, Action, Resource }: Record<string, unknown>) => {
        if (Effect !== "Allow") throw new Error(`A policy of ${roleId} says ${Effect}.`);
        return { actions: [Action].flat().map(String), resources: [Resource].flat().map(text) };
      }),
    );
    const environment = Object.entries(variables({ Type: "", Properties: properties }));
    return {
      runtime: properties.Runtime,
      architectures: properties.Architectures,
      timeoutSeconds: properties.Timeout,
      memoryMb: properties.MemorySize,
      retries: invokeConfigOf(id).MaximumRetryAttempts,
      environment: Object.fromEntries(environment.map(([name, value]) => [name, text(value)])),
      permissions: permissionsOf(statements),
    };
  }

  const { MaximumEventAgeInSeconds, DestinationConfig } = invokeConfigOf(workerId);
  const keys = (schema: { AttributeName: string; KeyType: string }[]) =>
    schema.map(({ AttributeName, KeyType }) => `${AttributeName} ${KeyType}`);
  const types = table.AttributeDefinitions.map(({ AttributeName, AttributeType }: Record<string, string>) => [
    AttributeName,
    AttributeType,
  ]);
  const permissions = of("AWS::Lambda::Permission").map(([, { Properties }]) => Properties);
  const permission = permissions.find(
    ({ FunctionName, SourceArn }) => text(FunctionName) === "sweeper" && text(SourceArn) === "rule",
  );
  return {
    table: {
      billing: table.BillingMode,
      key: keys(table.KeySchema),
      indexes: table.GlobalSecondaryIndexes.map(
        ({ IndexName, KeySchema, Projection }: Resource["Properties"]) =>
          `${IndexName}: ${keys(KeySchema).join(", ")}, ${Projection.ProjectionType}`,
      ).sort(),
      types: Object.fromEntries(types),
      timeToLive: table.TimeToLiveSpecification.Enabled ? table.TimeToLiveSpecification.AttributeName : "",
    },
    worker: {
      ...functionNeeds(workerId, worker),
      recursiveLoop: worker.RecursiveLoop,
      maxEventAgeSeconds: MaximumEventAgeInSeconds,
      onFailure: text(DestinationConfig.OnFailure.Destination),
    },
    failures: { isEncrypted: queue.SqsManagedSseEnabled, retentionSeconds: queue.MessageRetentionPeriod },
    sweeper: {
      ...functionNeeds(sweeperId, sweeper),
      schedule: `${rule.ScheduleExpression} starts ${rule.Targets.map(({ Arn }: { Arn: unknown }) => text(Arn))}`,
      startedBy: permission?.Principal,
    },
  };
}
