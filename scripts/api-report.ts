/**
 * Compares the public surface of a published package (what its entries export, and all declarations these rest on) with
 * the report that is committed, so that no change of it goes unnoticed. `--update` writes the report anew; its diff
 * belongs in the review.
 *
 * usage: node scripts/api-report.ts [--update] PACKAGE_DIRECTORY
 */
import { mkdir, readFile, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";

interface Manifest {
  readonly name: string;
  readonly exports: Readonly<Record<string, string | { readonly types?: string }>>;
}

const update = process.argv.includes("--update");
const directory = process.argv.slice(2).find((argument) => !argument.startsWith("--"));
if (!directory) {
  console.error("usage: node scripts/api-report.ts [--update] PACKAGE_DIRECTORY");
  process.exit(2);
}
const manifest: Manifest = JSON.parse(await readFile(join(directory, "package.json"), "utf8"));
const reportPath = join(directory, "etc", "api.md");
const report = await surfaceOf(manifest, directory);
if (update) {
  await mkdir(dirname(reportPath), { recursive: true });
  await writeFile(reportPath, report);
  console.log(`wrote ${reportPath}`);
} else {
  const committed = await readFile(reportPath, "utf8").catch(() => "");
  if (committed === report) console.log(`${reportPath} is up to date`);
  else refuse(committed, report);
}

/** Which file a declaration was built into is left out: it changes when nothing does for users. */
async function surfaceOf({ name, exports }: Manifest, directory: string): Promise<string> {
  const statements = new Set<string>();
  const entries: string[] = [];
  for (const [subpath, target] of Object.entries(exports)) {
    if (typeof target === "string" || !target.types) continue;
    const files = new Set([target.types]);
    // A Set being walked also visits what is added meanwhile.
    for (const path of files) {
      const text = await readFile(join(directory, path), "utf8");
      for (const [, file] of text.matchAll(/from "\.\/([\w-]+)\.mjs"/g)) files.add(`${dirname(path)}/${file}.d.mts`);
      for (const statement of statementsOf(text)) {
        if (!statement.startsWith("export {")) statements.add(statement);
        else if (path === target.types) entries.push(entryOf(name + subpath.slice(1), statement));
      }
    }
  }
  return [
    `# Public surface of ${name}`,
    "Made by `npm run api:update`; a change here is a change users see.",
    ...entries,
    "## Declarations",
    `\`\`\`ts\n${[...statements].sort(byDeclaredName).join("\n")}\n\`\`\`\n`,
  ].join("\n\n");
}

function entryOf(name: string, statement: string): string {
  const names = statement.replace(/^export \{|\};?$/g, "").split(",");
  const lines = names.map((each) => `- ${each.trim().replace(/^type /, "")}`).sort();
  return `## ${name}\n\n${lines.join("\n")}`;
}

/** The top-level statements of a declaration file, without comments and without imports from files beside it. */
function statementsOf(text: string): string[] {
  return text
    .replace(/\/\*\*[\s\S]*?\*\//g, "")
    .replace(/^\/\/#.*$/gm, "")
    .replace(/[ \t]+$/gm, "")
    .replace(/\n{2,}/g, "\n")
    .split(/^(?=(?:export|import|declare|interface|type|class|function|const|abstract|namespace)\b)/m)
    .map((statement) => statement.trim())
    .filter((statement) => statement !== "" && !/^import [^;]* from "\.\//.test(statement));
}

function byDeclaredName(a: string, b: string): number {
  const nameOf = (statement: string) =>
    statement.replace(/^(?:(?:export|declare|abstract|interface|type|class|function|const) )+/, "");
  return nameOf(a) < nameOf(b) ? -1 : 1;
}

function refuse(committed: string, report: string): void {
  console.error(`The public surface of ${directory} differs from ${reportPath}:`);
  const before = new Set(committed.split("\n"));
  const after = new Set(report.split("\n"));
  for (const line of before) if (!after.has(line)) console.error(`- ${line}`);
  for (const line of after) if (!before.has(line)) console.error(`+ ${line}`);
  console.error("If it is meant: npm run api:update, commit the report, and add a changeset.");
  process.exitCode = 1;
}
