import { rmSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { Duration, RemovalPolicy, Stack, Stage } from "aws-cdk-lib";
import { Role, ServicePrincipal } from "aws-cdk-lib/aws-iam";
import { Architecture, Code, Function as LambdaFunction, LoggingFormat, Runtime } from "aws-cdk-lib/aws-lambda";
import { LogGroup, RetentionDays } from "aws-cdk-lib/aws-logs";
import { Construct } from "constructs";
import { buildSync } from "esbuild";

/** Props of {@link BundledFunction}. */
export interface BundledFunctionProps {
  readonly code: Code;
  /** Name of the export in the bundle. */
  readonly handler: string;
  readonly description: string;
  readonly environment: Readonly<Record<string, string>>;
  /** How often Lambda tries a failed event again. */
  readonly retryAttempts: number;
}

/** A small function beside the loops. Its role may write to its own log group, and what it is granted. */
export class BundledFunction extends Construct {
  readonly function: LambdaFunction;

  constructor(scope: Construct, id: string, props: BundledFunctionProps) {
    super(scope, id);
    const { handler, retryAttempts, ...rest } = props;
    const role = new Role(this, "Role", { assumedBy: new ServicePrincipal("lambda.amazonaws.com") });
    const logGroup = new LogGroup(this, "Logs", {
      retention: RetentionDays.ONE_MONTH,
      removalPolicy: RemovalPolicy.DESTROY,
    });
    logGroup.grantWrite(role);
    this.function = new LambdaFunction(this, "Function", {
      ...rest,
      handler: `index.${handler}`,
      runtime: Runtime.NODEJS_24_X,
      architecture: Architecture.ARM_64,
      timeout: Duration.minutes(1),
      memorySize: 256,
      role,
      logGroup,
      loggingFormat: LoggingFormat.JSON,
      retryAttempts,
    });
  }
}

/** A CommonJS dependency inside an ES module still calls `require("node:...")`. https://esbuild.github.io/api/#platform */
const banner =
  'import { createRequire as createRequireOfBundle } from "node:module"; const require = createRequireOfBundle(import.meta.url);';

/** Bundles a file with all it imports, the AWS SDK included, for all functions that take a handler of it. */
export function bundle(scope: Construct, file: URL): Code {
  // `cdk ls` and `cdk destroy` need no code and say so.
  if (!Stack.of(scope).bundlingRequired) return Code.fromInline("// not bundled");
  const entry = fileURLToPath(file);
  const folder = join(Stage.of(scope)?.outdir ?? "cdk.out", ".bundles", scope.node.addr);
  rmSync(folder, { recursive: true, force: true });
  // In the workspace @longhaul/core is TypeScript, where it is copied out it is a package.
  const isSource = import.meta.resolve("@longhaul/core").endsWith(".ts");
  buildSync({
    entryPoints: [entry],
    outfile: join(folder, "index.mjs"),
    absWorkingDir: dirname(entry),
    bundle: true,
    platform: "node",
    format: "esm",
    target: "node24",
    mainFields: ["module", "main"],
    ...(isSource ? { conditions: ["longhaul-source", "module"] } : {}),
    minify: true,
    keepNames: true,
    legalComments: "none",
    charset: "utf8",
    banner: { js: banner },
    logLevel: "silent",
  });
  return Code.fromAsset(folder);
}
