import { configurationView } from "./function-description.ts";
import type { FunctionRecord } from "./function-registry.ts";
import { FUNCTION, type Route, readFields, route } from "./http-route.ts";
import { invalidParameter, LambdaError } from "./lambda-error.ts";
import { maxItems, textField, writeAnswer } from "./rest-json.ts";

const ALIASES = `/2015-03-31${FUNCTION}/aliases`;

/** Publishing versions, and the aliases of functions. */
export const versionRoutes: readonly Route[] = [
  route("POST", `/2015-03-31${FUNCTION}/versions`, "PublishVersion", async (operation) => {
    const { call, context, functionName } = operation;
    const description = textField(await readFields(operation), "Description");
    const { name } = context.registry.find(functionName);
    const version = context.deployment.publishVersion(name, description);
    writeAnswer(call, 201, configurationView(context.registry.resolve(name, version)));
  }),
  route("POST", ALIASES, "CreateAlias", async (operation) => {
    const { call, context, functionName } = operation;
    const fields = await readFields(operation);
    const record = context.registry.find(functionName);
    const alias = required(fields, "Name");
    if (record.aliases.has(alias)) {
      throw new LambdaError("ResourceConflictException", 409, `Alias already exists: ${record.arn}:${alias}`);
    }
    const version = required(fields, "FunctionVersion");
    context.deployment.createAlias(record.name, alias, version, textField(fields, "Description"));
    writeAnswer(call, 201, aliasView(record, alias));
  }),
  route("GET", ALIASES, "ListAliases", ({ call, context, functionName, query }) => {
    const record = context.registry.find(functionName);
    const version = query.get("FunctionVersion");
    const names = [...record.aliases.keys()]
      .filter((name) => version === null || record.aliases.get(name)?.version === version)
      .sort();
    const from = query.get("Marker");
    const left = from === null ? names : names.filter((name) => name > from);
    const page = left.slice(0, Math.min(50, maxItems(query, 50)));
    writeAnswer(call, 200, {
      Aliases: page.map((name) => aliasView(record, name)),
      ...(page.length < left.length ? { NextMarker: page.at(-1) } : {}),
    });
  }),
  route("GET", `${ALIASES}/([^/]+)`, "GetAlias", ({ call, context, functionName, subject }) => {
    writeAnswer(call, 200, aliasView(context.registry.find(functionName), subject));
  }),
  route("PUT", `${ALIASES}/([^/]+)`, "UpdateAlias", async (operation) => {
    const { call, context, functionName, subject } = operation;
    const fields = await readFields(operation);
    const record = context.registry.find(functionName);
    const before = aliasOf(record, subject);
    const version = textField(fields, "FunctionVersion") ?? before.version;
    const description = textField(fields, "Description") ?? before.description;
    context.deployment.createAlias(record.name, subject, version, description);
    writeAnswer(call, 200, aliasView(record, subject));
  }),
  route("DELETE", `${ALIASES}/([^/]+)`, "DeleteAlias", ({ call, context, functionName, subject }) => {
    context.deployment.deleteAlias(functionName, subject);
    writeAnswer(call, 204, undefined);
  }),
];

function required(fields: Record<string, unknown>, name: string): string {
  const value = textField(fields, name);
  if (value === undefined) throw invalidParameter(`${name} is missing.`);
  return value;
}

function aliasOf(record: FunctionRecord, name: string) {
  const alias = record.aliases.get(name);
  if (!alias) throw new LambdaError("ResourceNotFoundException", 404, `Cannot find alias arn: ${record.arn}:${name}`);
  return alias;
}

/** `AliasConfiguration` of the API. */
function aliasView(record: FunctionRecord, name: string): object {
  const { version, description, revision } = aliasOf(record, name);
  return {
    AliasArn: `${record.arn}:${name}`,
    Name: name,
    FunctionVersion: version,
    Description: description,
    RevisionId: revision,
  };
}
