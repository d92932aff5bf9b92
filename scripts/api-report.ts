/**
 * Compares the public surface of a published package (its built declarations) with the report that is committed, so that
 * no change of it goes unnoticed. `--update` writes the report anew; its diff belongs in the review.
 *
 * usage: node scripts/api-report.ts [--update] PACKAGE_DIRECTORY
 */
import { readdir, readFile, writeFile } from "node:fs/promises";
import { basename, join } from "node:path";

const update = process.argv.includes("--update");
const directory = process.argv.slice(2).find((argument) => !argument.startsWith("--"));
if (!directory) {
  console.error("usage: node scripts/api-report.ts [--update] PACKAGE_DIRECTORY");
  process.exit(2);
}

/** The declarations without comments, import hashes and blank lines: what a user's compiler sees. */
function surface(declarations: string): string {
  return declarations
    .replace(/\/\*\*[\s\S]*?\*\//g, "")
    .replace(/^\/\/#.*$/gm, "")
    .replace(/(["'][^"']*?)-[\w-]{8}\.mjs(["'])/g, "$1.mjs$2")
    .replace(/[ \t]+$/gm, "")
    .replace(/\n{2,}/g, "\n")
    .trim();
}

const dist = join(directory, "dist");
const files = (await readdir(dist)).filter((name) => name.endsWith(".d.mts")).sort();
if (files.length === 0) {
  console.error(`${dist} has no declarations; run the build first.`);
  process.exit(1);
}
const sections = await Promise.all(
  files.map(async (name) => {
    const title = name.replace(/-[\w-]{8}\.d\.mts$/, " (shared)").replace(/\.d\.mts$/, "");
    return `## ${title}\n\n\`\`\`ts\n${surface(await readFile(join(dist, name), "utf8"))}\n\`\`\`\n`;
  }),
);
const name = basename(directory);
const report = `# Public surface of @longhaul/${name}\n\nMade by \`npm run api:update\`; a change here is a change users see.\n\n${sections.join("\n")}`;
const reportPath = join(directory, "etc", "api.md");
if (update) {
  await writeFile(reportPath, report);
  console.log(`wrote ${reportPath}`);
} else {
  const committed = await readFile(reportPath, "utf8").catch(() => "");
  if (committed !== report) {
    console.error(`The public surface of @longhaul/${name} differs from ${reportPath}.`);
    const before = new Set(committed.split("\n"));
    const after = new Set(report.split("\n"));
    for (const line of before) if (!after.has(line)) console.error(`- ${line}`);
    for (const line of after) if (!before.has(line)) console.error(`+ ${line}`);
    console.error("If it is meant: npm run api:update, commit the report, and add a changeset.");
    process.exit(1);
  }
  console.log(`${reportPath} is up to date`);
}
