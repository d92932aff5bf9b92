import type { Choices } from "./choices.ts";
import { nextCommands, sameAgain } from "./next-steps.ts";
import { readTemplate } from "./packed-template.ts";
import { dependenciesOf } from "./project-manifest.ts";
import { checkedFolder, packageNameOf } from "./project-name.ts";
import { dataPath, render } from "./render.ts";
import { dataOf } from "./templates.ts";
import { checkDataFile, writeProject } from "./write-project.ts";

/** An app that was made. */
export interface CreatedApp {
  /** Full path. */
  readonly folder: string;
  readonly name: string;
  /** Paths below the folder. */
  readonly files: readonly string[];
  /** The command that does the same again. */
  readonly again: string;
  /** Commands to type next. */
  readonly next: readonly string[];
}

/**
 * Makes an app. Checks everything before it writes anything.
 *
 * @param version - of this package; the packages of Longhaul have the same.
 */
export async function create(choices: Choices, workingDirectory: string, version: string): Promise<CreatedApp> {
  const folder = checkedFolder(choices.folder, workingDirectory);
  const template = await readTemplate(choices.template);
  const taken = dependenciesOf(template.files.get("package.json") ?? "{}");
  const name = packageNameOf(choices.name, folder, taken);
  const data = dataOf(choices.template);
  const copied =
    choices.data === undefined || data.kind === "none"
      ? []
      : [
          {
            from: await checkDataFile(choices.data, workingDirectory, data.endings),
            to: dataPath(choices.data),
          },
        ];
  const files = render(template, choices, { packageName: name, longhaulRange: `^${version}` });
  const written = await writeProject(folder, files, copied, choices.force);
  return { folder, name, files: written, again: sameAgain(choices, version), next: nextCommands(choices) };
}
