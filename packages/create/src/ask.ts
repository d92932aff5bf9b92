import type { Readable, Writable } from "node:stream";
import { confirm, isCancel, select, text } from "@clack/prompts";
import { type Choices, type GivenChoices, INFRA } from "./choices.ts";
import { DEFAULTS } from "./complete-choices.ts";
import { checkedFolder } from "./project-name.ts";
import { dataOf, TEMPLATE_NAMES, TEMPLATES } from "./templates.ts";
import { checkDataFile, contentOf } from "./write-project.ts";

/** The terminal on which is asked. */
export interface Terminal {
  readonly input: Readable;
  readonly output: Writable;
}

/** The user ended the questions. */
export class CancelledError extends Error {}

/**
 * Asks for everything that flags left open.
 *
 * @throws {@link CancelledError} if the user ends it.
 */
export async function ask(given: GivenChoices, terminal: Terminal, workingDirectory: string): Promise<Choices> {
  const folder =
    given.folder ??
    answered(
      await text({
        ...terminal,
        message: "Which folder?",
        placeholder: DEFAULTS.folder,
        defaultValue: DEFAULTS.folder,
        validate: (value) => problemOf(() => checkedFolder(value || DEFAULTS.folder, workingDirectory)),
      }),
    );
  const force = given.force || (await askToReplace(checkedFolder(folder, workingDirectory), terminal));
  const template =
    given.template ??
    answered(
      await select({
        ...terminal,
        message: "Which template?",
        options: TEMPLATE_NAMES.map((value) => ({ value, label: value, hint: TEMPLATES[value].summary })),
      }),
    );
  const infra =
    given.infra ??
    answered(
      await select<(typeof INFRA)[number]>({
        ...terminal,
        message: "Which infrastructure?",
        options: [
          { value: INFRA[0], label: "CDK", hint: "a stack to deploy" },
          { value: INFRA[1], label: "none", hint: "a CloudFormation template, for whatever you deploy with" },
        ],
      }),
    );
  const data = given.data ? given.data.file : await askForData(template, terminal, workingDirectory);
  const install = given.install ?? answered(await confirm({ ...terminal, message: "Install packages with npm?" }));
  return { folder, name: given.name, template, infra, data, install, force };
}

async function askToReplace(path: string, terminal: Terminal): Promise<boolean> {
  const content = await contentOf(path);
  if (content.length === 0) return false;
  const some = `${content.slice(0, 3).join(", ")}${content.length > 3 ? ", …" : ""}`;
  const message = `The folder is not empty (${some}). Write into it, and replace files of the same name?`;
  const mayReplace = answered(await confirm({ ...terminal, message, initialValue: false }));
  if (!mayReplace) throw new CancelledError();
  return true;
}

async function askForData(
  template: Choices["template"],
  terminal: Terminal,
  workingDirectory: string,
): Promise<string | undefined> {
  const taken = dataOf(template);
  if (taken.kind === "none") return undefined;
  const isOwn = answered(
    await select({
      ...terminal,
      message: "Which data for the demo?",
      options: [
        { value: false, label: "the sample" },
        { value: true, label: "a file of my own", hint: "it is copied into sample/" },
      ],
    }),
  );
  if (!isOwn) return undefined;
  for (;;) {
    const file = answered(await text({ ...terminal, message: "Which file?" }));
    try {
      await checkDataFile(file, workingDirectory, taken.endings);
      return file;
    } catch (error) {
      terminal.output.write(`${error instanceof Error ? error.message : error}\n`);
    }
  }
}

function answered<Answer>(answer: Answer): Exclude<Answer, symbol> {
  if (isCancel(answer)) throw new CancelledError();
  return answer as Exclude<Answer, symbol>;
}

function problemOf(check: () => unknown): string | undefined {
  try {
    check();
    return undefined;
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}
