import type { InvocationTarget } from "./function-registry.ts";

/** `FunctionConfiguration` of the API, as far as it is known here. */
export function configurationView({ record, version, qualifier }: InvocationTarget): object {
  const { config } = version;
  return {
    FunctionName: record.name,
    FunctionArn: qualifier === undefined ? record.arn : `${record.arn}:${qualifier}`,
    Runtime: config.runtime,
    Role: config.roleArn,
    Handler: config.handler,
    Description: config.description,
    Timeout: config.timeoutSeconds,
    MemorySize: config.memoryMb,
    LastModified: new Date(version.deployedAtMs).toISOString().replace("Z", "+0000"),
    Version: version.version,
    ...(Object.keys(config.environment).length === 0 ? {} : { Environment: { Variables: config.environment } }),
    ...(config.deadLetterArn === undefined ? {} : { DeadLetterConfig: { TargetArn: config.deadLetterArn } }),
    TracingConfig: { Mode: "PassThrough" },
    RevisionId: version.deployment,
    State: "Active",
    LastUpdateStatus: "Successful",
    PackageType: "Zip",
    SnapStart: { ApplyOn: "None", OptimizationStatus: "Off" },
    Architectures: ["arm64"],
    EphemeralStorage: { Size: config.ephemeralStorageMb },
    LoggingConfig: { LogFormat: "Text", LogGroup: config.logGroup },
  };
}

/** `FunctionEventInvokeConfig` of the API. */
export function eventInvokeConfigView(target: InvocationTarget): object {
  const { eventInvokeConfig: config, record, qualifier } = target;
  return {
    LastModified: record.latest.deployedAtMs / 1000,
    FunctionArn: `${record.arn}:${qualifier ?? "$LATEST"}`,
    ...(config.maximumRetryAttempts === undefined ? {} : { MaximumRetryAttempts: config.maximumRetryAttempts }),
    ...(config.maximumEventAgeSeconds === undefined ? {} : { MaximumEventAgeInSeconds: config.maximumEventAgeSeconds }),
    DestinationConfig: {
      OnSuccess: config.onSuccessArn === undefined ? {} : { Destination: config.onSuccessArn },
      OnFailure: config.onFailureArn === undefined ? {} : { Destination: config.onFailureArn },
    },
  };
}
