import type { Choices, GivenChoices } from "./choices.ts";
import { FlagMissingError } from "./errors.ts";
import { dataOf, TEMPLATE_NAMES } from "./templates.ts";

/** The choices where nobody says otherwise. */
export const DEFAULTS = {
  folder: "longhaul-app",
  template: TEMPLATE_NAMES[0],
  infra: "cdk",
  install: true,
} as const;

/** Adds the defaults to what flags chose: `--yes`. */
export function withDefaults(given: GivenChoices): Choices {
  const { folder, template, infra, install } = { ...DEFAULTS, ...given };
  return { folder, template, infra, install, name: given.name, data: given.data?.file, force: given.force };
}

/**
 * Takes the choices of flags, where nobody can be asked.
 *
 * @throws {@link FlagMissingError} that names each flag that is missing.
 */
export function fromFlags(given: GivenChoices): Choices {
  const { folder, template, infra, install } = given;
  const takesData = template === undefined || dataOf(template).kind !== "none";
  const missing = [
    ...(folder === undefined ? ["a folder"] : []),
    ...(template === undefined ? ["--template NAME"] : []),
    ...(infra === undefined ? ["--infra cdk or --infra none"] : []),
    ...(given.data === undefined && takesData ? ["--sample or --data FILE"] : []),
    ...(install === undefined ? ["--install or --no-install"] : []),
  ];
  if (missing.length > 0) throw new FlagMissingError(missing);
  return withDefaults(given);
}
