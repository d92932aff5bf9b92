import { parseArgs } from "node:util";
import { CASES } from "./cases.ts";

/** The command line of the lane. */
export interface LaneOptions {
  /** The apps to try. */
  readonly apps: readonly string[];
  readonly isYes: boolean;
  readonly region: string | undefined;
  readonly profile: string | undefined;
  readonly endpoint: string | undefined;
  /** Words of the cdk command, instead of the CDK's own. */
  readonly cdk: readonly string[] | undefined;
  readonly isHelp: boolean;
}

export const USAGE = `usage: npm run test:aws -- [APP ...] [--yes] [--profile NAME] [--region REGION]
apps: ${CASES.map(({ app }) => app).join(", ")}

Deploys each app to your AWS account in a stack of its own, tries it, and deletes the stack. It prints account, region and
price, and asks before it begins. The account has to be bootstrapped for the CDK: npx cdk bootstrap

--yes           does not ask
--profile NAME  a profile of the AWS configuration files
--region REGION default: the configured one
--endpoint URL  another AWS, with --cdk COMMAND for a command that deploys there
`;

/** A command line that cannot be carried out. */
export class LaneUsageError extends Error {}

/** @throws {@link LaneUsageError} for an app or option that is unknown. */
export function laneOptions(argv: readonly string[]): LaneOptions {
  const { positionals, values } = parsed(argv);
  const unknown = positionals.find((name) => !CASES.some(({ app }) => app === name));
  if (unknown !== undefined) throw new LaneUsageError(`There is no app ${JSON.stringify(unknown)}.`);
  if ((values.endpoint === undefined) !== (values.cdk === undefined))
    throw new LaneUsageError("--endpoint and --cdk go together: the CDK's own command deploys to AWS alone.");
  return {
    apps: positionals.length > 0 ? positionals : CASES.map(({ app }) => app),
    isYes: values.yes,
    region: values.region,
    profile: values.profile,
    endpoint: values.endpoint,
    cdk: values.cdk?.split(" "),
    isHelp: values.help,
  };
}

function parsed(argv: readonly string[]) {
  const value = { type: "string" } as const;
  try {
    return parseArgs({
      args: [...argv],
      allowPositionals: true,
      options: {
        yes: { type: "boolean", short: "y", default: false },
        help: { type: "boolean", short: "h", default: false },
        ...{ region: value, profile: value, endpoint: value, cdk: value },
      },
    });
  } catch (error) {
    throw new LaneUsageError((error as Error).message);
  }
}
