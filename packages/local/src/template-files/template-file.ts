import { readFile, stat } from "node:fs/promises";
import { basename, dirname } from "node:path";
import type { Assembly } from "../cloudformation/assembly.ts";
import { TemplateError } from "../cloudformation/deployment-error.ts";
import { parseTemplate } from "../cloudformation/template.ts";
import { translateSam } from "../sam/transform.ts";
import { buildFunctions } from "./esbuild-functions.ts";
import { type LocalCode, localCodeOf, withUploadedCode } from "./local-code.ts";
import { PACKAGED_TEMPLATE, packagedCodeOf } from "./packaged-code.ts";
import { parseTemplateText } from "./template-text.ts";

const REMEDY = "Give the path of a folder or zip file on this machine, as for `aws cloudformation package`.";

/**
 * Reads a template of CloudFormation or SAM, in YAML or JSON, with the code that it names by paths. Its stack has the name of
 * its folder.
 *
 * @param scratch - where functions are bundled to that ask for it.
 * @throws {TemplateError} if it is none.
 */
export async function readTemplateFile(file: string, scratch: string): Promise<Assembly> {
  const directory = dirname(file);
  const name = stackNameOf(directory);
  const source = parseTemplateText(await readFile(file, "utf8"), basename(file));
  const codes = localCodeOf(source, directory);
  const missing = (await Promise.all(codes.map((code) => problemOf(code, name)))).flat();
  const built = missing.length > 0 ? new Map<string, string>() : await buildFunctions(source, codes, { name, scratch });
  const pathOf = ({ logicalId, path }: LocalCode) => built.get(logicalId) ?? path;
  const { template, problems } = translateSam(withUploadedCode(source, codes, pathOf), name);
  const parsed = parseTemplate(template, name);
  return {
    directory,
    stacks: [
      {
        id: name,
        name,
        template: { ...parsed, problems: [...problems, ...missing, ...parsed.problems] },
        parameters: {},
      },
    ],
    assetPaths: new Map([
      ...(basename(file) === PACKAGED_TEMPLATE ? packagedCodeOf(source, directory) : []),
      ...codes.map((code) => [pathOf(code), pathOf(code)] as const),
    ]),
    assetRemedy: REMEDY,
  };
}

async function problemOf({ logicalId, property, path }: LocalCode, stack: string): Promise<readonly TemplateError[]> {
  const isThere = await stat(path).then(
    () => true,
    () => false,
  );
  if (isThere) return [];
  return [new TemplateError(`${stack}.Resources.${logicalId}.Properties.${property}`, `${path} is not there.`)];
}

/** The folder of the template; what tools put into hidden folders (`.aws-sam/build`) has the name of the project. */
function stackNameOf(directory: string): string {
  const hidden = directory.indexOf("/.");
  const project = basename(hidden > 0 ? directory.slice(0, hidden) : directory);
  const name = project.replaceAll(/[^A-Za-z0-9]+/g, "-").replace(/^[^A-Za-z]+|-$/g, "");
  return name.slice(0, 128) || "stack";
}
