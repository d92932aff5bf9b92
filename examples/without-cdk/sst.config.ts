/// <reference path="./.sst/platform/config.d.ts" />

export default $config({
  app: () => ({ name: "orders", home: "aws", removal: "retain" }),
  async run() {
    const runs = new aws.dynamodb.Table("Runs", {
      billingMode: "PAY_PER_REQUEST",
      hashKey: "run",
      attributes: [
        { name: "run", type: "S" },
        { name: "live", type: "S" },
        { name: "dueAtMs", type: "N" },
        { name: "status", type: "S" },
        { name: "changedAtMs", type: "N" },
      ],
      globalSecondaryIndexes: [
        { name: "live", hashKey: "live", rangeKey: "dueAtMs", projectionType: "KEYS_ONLY" },
        { name: "status", hashKey: "status", rangeKey: "changedAtMs", projectionType: "KEYS_ONLY" },
      ],
      ttl: { attributeName: "ttl", enabled: true },
    });

    // Events that failed permanently. Each holds the state to continue from.
    const failures = new aws.sqs.Queue("Failures", { sqsManagedSseEnabled: true, messageRetentionSeconds: 1_209_600 });

    const worker = new sst.aws.Function("Worker", {
      handler: "src/store.handler",
      runtime: "nodejs24.x",
      architecture: "arm64",
      timeout: "900 seconds",
      memory: "1024 MB",
      environment: {
        LONGHAUL_RECURSIVE_LOOP: "Allow",
        LONGHAUL_RUN_TABLE: runs.name,
        BILLING_URL: "https://billing.example.com",
      },
      permissions: [
        { actions: ["dynamodb:GetItem", "dynamodb:UpdateItem"], resources: [runs.arn] },
        { actions: ["sqs:SendMessage"], resources: [failures.arn] },
      ],
      retries: 2,
      transform: {
        eventInvokeConfig: {
          maximumEventAgeInSeconds: 21_600,
          destinationConfig: { onFailure: { destination: failures.arn } },
        },
        // For function instances of its own for each tenant, add this. It cannot be changed afterwards.
        // function: { tenancyConfig: { tenantIsolationMode: "PER_TENANT" } },
      },
    });

    // Without this, Lambda ends each run after about 16 invocations.
    new aws.lambda.FunctionRecursionConfig("WorkerRecursion", { functionName: worker.name, recursiveLoop: "Allow" });

    const sweeper = new sst.aws.Function("Sweeper", {
      handler: "src/sweeper.handler",
      runtime: "nodejs24.x",
      architecture: "arm64",
      timeout: "60 seconds",
      memory: "256 MB",
      environment: { LONGHAUL_RUN_TABLE: runs.name, LONGHAUL_RESUME_AFTER_MS: "60000" },
      permissions: [
        { actions: ["dynamodb:Query"], resources: [$interpolate`${runs.arn}/index/live`] },
        { actions: ["dynamodb:UpdateItem"], resources: [runs.arn] },
      ],
      // The next sweep is a minute away.
      retries: 0,
    });
    new sst.aws.Cron("Sweep", { schedule: "rate(1 minute)", function: sweeper.arn });

    // A policy of its own: the role's comes before the function, so it cannot name it.
    const policy = aws.iam.getPolicyDocumentOutput({
      statements: [
        {
          actions: ["lambda:InvokeFunction"],
          // Itself, and by alias or version: a run stays on the alias that it began on.
          resources: [worker.arn, $interpolate`${worker.arn}:*`],
        },
      ],
    }).json;
    new aws.iam.RolePolicy("ContinueAsNew", { role: worker.nodes.role.name, policy });
    // The sweeper starts the next hop of a run that was lost.
    new aws.iam.RolePolicy("ResumeRuns", { role: sweeper.nodes.role.name, policy });

    return { worker: worker.name };
  },
});
