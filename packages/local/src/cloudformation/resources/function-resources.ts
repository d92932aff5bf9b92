import type { FunctionConfig } from "../../lambda/function-config.ts";
import { isLambdaRuntime, isPython, LAMBDA_RUNTIMES, type LambdaRuntime } from "../../lambda/runtimes.ts";
import type { PropertyReader } from "../property-reader.ts";
import type { ResourceContext, ResourceMaker } from "./resource.ts";

/** `AWS::Lambda::Function` */
export const lambdaFunction: ResourceMaker = async (context, properties) => {
  const name = context.name(properties.optionalText("FunctionName"), 64);
  const { lambda } = context.services;
  // Read everything before anything is made, so that an unsupported property leaves nothing behind.
  const settings = readSettings(context, properties);
  const code = readCode(properties);
  properties.finish();
  const sdkFrom = context.assets.projectDirectory;
  const fileName = isPython(settings.runtime) ? "index.py" : "index.js";
  const config = { ...settings, name, codeDirectory: await codeDirectory(context, code, fileName), sdkFrom };
  if (context.previous) await lambda.updateFunction(config);
  else {
    await lambda.createFunction(config);
    context.undo(() => lambda.deleteFunction(name));
  }
  const arn = functionArn(context, name);
  return { ref: name, attributes: { Arn: arn }, listed: { as: "functions", name } };
};

/** `AWS::Lambda::EventInvokeConfig` */
export const eventInvokeConfig: ResourceMaker = (context, properties) => {
  const functionName = properties.text("FunctionName");
  const qualifier = properties.text("Qualifier");
  const destinations = properties.nested("DestinationConfig");
  const destination = (kind: string) => destinations?.nested(kind)?.text("Destination");
  const config = {
    ...defined("maximumRetryAttempts", properties.optionalNumber("MaximumRetryAttempts")),
    ...defined("maximumEventAgeSeconds", properties.optionalNumber("MaximumEventAgeInSeconds")),
    ...defined("onFailureArn", destination("OnFailure")),
    ...defined("onSuccessArn", destination("OnSuccess")),
  };
  properties.finish();
  const { lambda } = context.services;
  const alias = qualifier === "$LATEST" ? undefined : qualifier;
  lambda.setEventInvokeConfig(functionName, config, alias);
  if (!context.previous) context.undo(() => lambda.setEventInvokeConfig(functionName, undefined, alias));
  return { ref: `${functionName}|${qualifier}` };
};

/** `AWS::Lambda::Permission` */
export const lambdaPermission: ResourceMaker = (context, properties) => {
  const functionName = properties.text("FunctionName");
  const statementId = context.name(undefined, 100);
  const permission = {
    statementId,
    action: properties.text("Action"),
    principal: properties.text("Principal"),
    ...defined("sourceArn", properties.optionalText("SourceArn")),
    ...defined("sourceAccount", properties.optionalText("SourceAccount")),
  };
  properties.finish();
  const { lambda } = context.services;
  try {
    lambda.addPermission(functionName, permission);
    context.undo(() => lambda.removePermission(functionName, statementId));
  } catch (error) {
    // Deployed again: the statement is there already.
    if (!(error instanceof Error && "code" in error && error.code === "ResourceConflictException")) throw error;
  }
  return { ref: statementId };
};

/** `AWS::Lambda::Version` */
export const lambdaVersion: ResourceMaker = (context, properties) => {
  const functionName = properties.text("FunctionName");
  properties.finish();
  // CloudFormation publishes a version once; CDK gives it a new logical id when the function changes.
  if (context.previous) return context.previous;
  const { lambda } = context.services;
  const version = lambda.publishVersion(functionName);
  context.undo(() => lambda.deleteVersion(functionName, version));
  const arn = `${functionArn(context, nameIn(functionName))}:${version}`;
  return { ref: arn, attributes: { Version: version, FunctionArn: arn } };
};

/** `AWS::Lambda::Alias` */
export const lambdaAlias: ResourceMaker = (context, properties) => {
  const functionName = properties.text("FunctionName");
  const alias = properties.text("Name");
  const version = properties.text("FunctionVersion");
  properties.finish();
  const { lambda } = context.services;
  lambda.createAlias(functionName, alias, version);
  if (!context.previous) context.undo(() => lambda.deleteAlias(functionName, alias));
  const arn = `${functionArn(context, nameIn(functionName))}:${alias}`;
  return { ref: arn, attributes: { AliasArn: arn } };
};

/** The ARN of a function by its name. */
export function functionArn(
  { region, accountId }: Pick<ResourceContext, "region" | "accountId">,
  name: string,
): string {
  return `arn:aws:lambda:${region}:${accountId}:function:${name}`;
}

type Code = { readonly kind: "asset"; readonly objectKey: string } | { readonly kind: "text"; readonly source: string };

function readCode(properties: PropertyReader): Code {
  const code = properties.nested("Code");
  if (!code) return properties.invalid("Code", "is required");
  const source = code.optionalText("ZipFile");
  if (source !== undefined) return { kind: "text", source };
  return { kind: "asset", objectKey: code.text("S3Key") };
}

function codeDirectory({ assets }: ResourceContext, code: Code, fileName: string): Promise<string> {
  // Code in a template is put into a file index: https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-properties-lambda-function-code.html
  return code.kind === "text" ? assets.directoryOfText(fileName, code.source) : assets.directoryOf(code.objectKey);
}

function readSettings(
  context: ResourceContext,
  properties: PropertyReader,
): Omit<FunctionConfig, "name" | "codeDirectory"> {
  const override = context.overrideFor(context.resource.logicalId);
  const timeoutSeconds = properties.optionalNumber("Timeout");
  const variables = properties.nested("Environment")?.optionalObject("Variables") ?? {};
  const environment = Object.fromEntries(Object.entries(variables).map(([name, value]) => [name, String(value)]));
  return {
    runtime: readRuntime(properties),
    roleArn: properties.text("Role"),
    layers: properties.texts("Layers"),
    environment: { ...environment, ...override.environment },
    ...defined("handler", properties.optionalText("Handler")),
    ...defined("timeoutSeconds", override.timeoutSeconds ?? timeoutSeconds),
    ...defined("memoryMb", properties.optionalNumber("MemorySize")),
    ...defined("recursiveLoop", readRecursiveLoop(properties)),
    ...defined("reservedConcurrency", properties.optionalNumber("ReservedConcurrentExecutions")),
    ...defined("ephemeralStorageMb", properties.nested("EphemeralStorage")?.optionalNumber("Size")),
    ...defined("deadLetterArn", properties.nested("DeadLetterConfig")?.optionalText("TargetArn")),
    ...defined("logGroup", properties.nested("LoggingConfig")?.optionalText("LogGroup")),
    ...defined("description", properties.optionalText("Description")),
  };
}

function readRecursiveLoop(properties: PropertyReader): FunctionConfig["recursiveLoop"] {
  const value = properties.optionalText("RecursiveLoop");
  if (value === undefined || value === "Allow" || value === "Terminate") return value;
  return properties.invalid("RecursiveLoop", "must be Allow or Terminate");
}

function readRuntime(properties: PropertyReader): LambdaRuntime {
  const runtime = properties.text("Runtime");
  if (isLambdaRuntime(runtime)) return runtime;
  return properties.invalid("Runtime", `is ${runtime}; it must be one of ${LAMBDA_RUNTIMES.join(", ")}`);
}

function nameIn(functionNameOrArn: string): string {
  const parts = functionNameOrArn.split(":");
  return parts.length >= 7 ? (parts[6] ?? "") : (parts[0] ?? "");
}

/** `{ [name]: value }`, or nothing where the value is undefined. */
function defined<Name extends string, Value>(name: Name, value: Value | undefined): Partial<Record<Name, Value>> {
  return (value === undefined ? {} : { [name]: value }) as Partial<Record<Name, Value>>;
}
