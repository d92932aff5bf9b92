import { namedValue, positiveNumber, type Verb, verb } from "../verb.ts";
import { withLocal } from "./local-package.ts";

/** `longhaul dev APP`: an embedded AWS with an app, a CDK program or a template, until it is interrupted. */
export const devVerb: Verb = (end) =>
  verb("dev", {
    summary: "Start the embedded AWS with an app, a CDK program or a template, and keep it.",
    description:
      "Starts the embedded AWS, deploys an app, a CDK program or a template to it, and keeps it running. A CDK program is a folder with cdk.json, or the cdk.out that cdk synth wrote. A template is of CloudFormation or SAM, in YAML or JSON; its code is at the paths that it names. A folder that osls package wrote is a template too. Prints what an SDK client or the AWS command line needs to reach it, then the functions' logs. It listens on loopback only and forgets everything when it ends.",
    examples: [
      "longhaul dev my-app --port 4566",
      "longhaul dev my-cdk-project --context stage=dev",
      "longhaul dev template.yaml --parameter Stage=dev",
      "longhaul dev .serverless --skip 'AWS::ApiGateway::*'",
    ],
  })
    .argument("[app]", "folder of an app, a CDK program or its cdk.out, or a template's file or folder", ".")
    .option("-p, --port <port>", "Port to listen on. Default: any free one.", positiveNumber)
    .option(
      "-t, --timeout <seconds>",
      "Timeout of the app's function, or of all functions of another stack; fractions allowed. Default: the stack's.",
      positiveNumber,
    )
    .option("--parameter <name=value>", "A parameter of the stacks. Repeatable.", namedValue)
    .option(
      "--skip <type>",
      "Leave resources of this type out; the type may end in *. Repeatable.",
      (type, before: string[] = []) => [...before, type],
    )
    .option("-c, --context <name=value>", "Context of the CDK program, as of cdk deploy. Repeatable.", namedValue)
    .option("--json", "Print outputs and environment as one JSON object, then logs as JSON lines.")
    .action(async (app, options) => {
      const { dev } = await withLocal(() => import("./dev.ts"));
      end(await dev(app, options));
    });
