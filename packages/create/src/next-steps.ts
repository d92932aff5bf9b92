import type { Choices } from "./choices.ts";
import { dataOf } from "./templates.ts";

/** The commands that lead on from a new project, one a line. */
export function nextCommands({ folder, infra, install }: Choices): readonly string[] {
  return [
    ...(folder === "." ? [] : [`cd ${asWord(folder)}`]),
    ...(install ? [] : ["npm install"]),
    "npm run demo",
    "npm test",
    infra === "cdk" ? "npm run deploy" : "npm run build",
  ];
}

/** The command that makes the same project again, with the same version of this package. */
export function sameAgain(choices: Choices, version: string): string {
  const { folder, name, template, infra, data, install, force } = choices;
  const takesData = dataOf(template).kind !== "none";
  const flags = [
    ...["--template", template, "--infra", infra],
    ...(name === undefined ? [] : ["--name", name]),
    ...(data === undefined ? (takesData ? ["--sample"] : []) : ["--data", data]),
    install ? "--install" : "--no-install",
    ...(force ? ["--force"] : []),
  ];
  return ["npm", "create", `longhaul@${version}`, folder, "--", ...flags].map(asWord).join(" ");
}

/** A word as a POSIX shell takes it. */
export function asWord(text: string): string {
  return /^[\w@%+=:,./-]+$/.test(text) ? text : `'${text.replaceAll("'", `'\\''`)}'`;
}
