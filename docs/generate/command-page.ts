import { execFile } from "node:child_process";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import { DOCS } from "./places.ts";
import { publishedPackages } from "./published-packages.ts";

const run = promisify(execFile);

/** Writes the page of the command from what its `--help` says. */
export async function writeCommandPage(): Promise<void> {
  const command = (await publishedPackages()).find((each) => each.command !== undefined)?.command;
  if (command === undefined) throw new Error("No package has a command.");
  const overview = await helpOf(command);
  const verbs = verbsOf(overview);
  const helps = await Promise.all(
    verbs.map(async (verb): Promise<[string, string]> => [verb, await helpOf(command, verb)]),
  );
  await writeFile(join(DOCS, "src", "content", "docs", "reference", "command.md"), commandPage(overview, helps));
}

async function helpOf(command: string, ...verb: string[]): Promise<string> {
  const { stdout } = await run(process.execPath, ["--conditions=longhaul-source", command, ...verb, "--help"]);
  return stdout.trim();
}

/** The verbs that the overview lists. */
export function verbsOf(overview: string): string[] {
  const [, list = ""] = /^Commands:\n((?: {2}.*\n)+)/m.exec(overview) ?? [];
  const verbs = [...list.matchAll(/^ {2}(\w+) /gm)].flatMap(([, verb = ""]) => (verb === "help" ? [] : [verb]));
  if (verbs.length === 0) throw new Error(`The command's help lists no verbs:\n${overview}`);
  return verbs;
}

/** The page: the overview, then a section for each verb. */
export function commandPage(overview: string, helps: readonly (readonly [verb: string, help: string])[]): string {
  const sections = helps.map(([verb, help]) => `## longhaul ${verb}\n\n\`\`\`text\n${help}\n\`\`\``);
  return `---
title: The command
description: Everything that longhaul can be asked for on the command line.
---

\`\`\`text
${overview}
\`\`\`

${sections.join("\n\n")}
`;
}
