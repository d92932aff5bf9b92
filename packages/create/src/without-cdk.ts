import type { ProjectFiles } from "./project-files.ts";

/** Packages that only the CDK program needs. */
const CDK_PACKAGES = ["@longhaul/cdk", "aws-cdk", "aws-cdk-lib", "constructs"] as const;
/** Scripts that only the CDK program needs. */
const CDK_SCRIPTS = ["synth", "deploy", "destroy"] as const;

/** Takes the CDK program out of a project; `instead` are the files that name its resources in plain CloudFormation. */
export function withoutCdk(files: ProjectFiles, instead: ProjectFiles): ProjectFiles {
  const kept = [...files].filter(
    ([path]) => !path.startsWith("infra/") && path !== "cdk.json" && path !== "test/infra.test.ts",
  );
  return new Map([...kept.map(([path, text]) => [path, withoutCdkIn(path, text)] as const), ...instead]);
}

function withoutCdkIn(path: string, text: string): string {
  if (path === "package.json") return manifestWithoutCdk(text);
  if (path === "tsconfig.json") return text.replace('"infra"', '"local"');
  if (path === "README.md") return readmeWithoutCdk(text);
  if (path === "AGENTS.md") return agentsWithoutCdk(text);
  return text;
}

function manifestWithoutCdk(text: string): string {
  const { scripts, devDependencies, ...rest } = JSON.parse(text) as {
    readonly scripts: Record<string, string>;
    readonly devDependencies: Record<string, string>;
  };
  for (const name of CDK_PACKAGES) delete devDependencies[name];
  for (const name of CDK_SCRIPTS) delete scripts[name];
  return JSON.stringify({ ...rest, scripts: { ...scripts, build: "node local/build.ts" }, devDependencies });
}

const DEPLOY = `## Deploy

[\`resources.json\`](resources.json) is the CloudFormation template of everything that the function needs: its settings, permissions,
tables, queues and schedules. \`npm run build\` bundles the code that it names into \`build/\`. Deploy both with what you deploy with. With the
AWS command line alone:

\`\`\`sh
npm run build
aws cloudformation package --template-file resources.json --s3-bucket BUCKET_FOR_CODE --output-template-file build/packaged.json
aws cloudformation deploy --template-file build/packaged.json --stack-name STACK --capabilities CAPABILITY_IAM
\`\`\`

On your laptop \`local/\` hands the same template to the embedded AWS. What works there has the resources that AWS will have.
`;

/** The README with its section about deploying replaced, and without the items of lists that are about the CDK program. */
function readmeWithoutCdk(text: string): string {
  const sections = text.split(/^(?=## )/m).map((section) => {
    if (section.startsWith("## Deploy")) return `${DEPLOY}\n`;
    return renumbered(withoutBlocks(blocksOf(section), isAboutCdk));
  });
  return sections.join("");
}

function agentsWithoutCdk(text: string): string {
  return blocksOf(text)
    .map((block) => {
      if (block.startsWith("- `infra/stack.ts`")) {
        return "- `resources.json` names what the function has and may do, as a CloudFormation template. Work that calls AWS needs a\n  statement in the policy of its role. `local/` hands it to the embedded AWS.\n";
      }
      return block.replace(" and `npx cdk synth`", " and `npm run build`");
    })
    .join("");
}

/** The parts of a text in Markdown that can be left out alone: paragraphs, items of lists, code. */
function blocksOf(text: string): string[] {
  return text.split(/(?<=\n\n)|^(?=- |\d+\. )/m);
}

/** The blocks without some of them; what ends a list stays apart from what follows it. */
function withoutBlocks(blocks: readonly string[], isLeftOut: (block: string) => boolean): string[] {
  const kept: string[] = [];
  for (const block of blocks) {
    const last = kept.at(-1);
    if (!isLeftOut(block)) kept.push(block);
    else if (last !== undefined && block.endsWith("\n\n") && !last.endsWith("\n\n")) kept.push(`${kept.pop()}\n`);
  }
  return kept;
}

function isAboutCdk(block: string): boolean {
  return !block.startsWith("```") && /\bcdk\b|infra\/|CDK/.test(block);
}

/** Joins blocks, and numbers the items of lists anew. */
function renumbered(blocks: readonly string[]): string {
  let number = 0;
  return blocks
    .map((block) => {
      if (!/^\d+\. /.test(block)) return block;
      number += 1;
      return block.replace(/^\d+/, String(number));
    })
    .join("");
}
