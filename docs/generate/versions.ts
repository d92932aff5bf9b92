import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { DOCS, WORKSPACE } from "./places.ts";
import { publishedPackages } from "./published-packages.ts";

/** The part of a package's manifest that the page shows. */
export interface VersionedPackage {
  readonly name: string;
  readonly version: string;
  readonly engines?: { readonly node?: string };
  readonly peerDependencies?: Readonly<Record<string, string>>;
  readonly peerDependenciesMeta?: Readonly<Record<string, { readonly optional?: boolean }>>;
}

/** The versions of what outlives a deployment. */
export interface FormatVersions {
  readonly envelope: number;
  readonly record: number;
}

/** Writes the page of versions, from the packages' manifests and from the code. */
export async function writeVersions(): Promise<void> {
  const manifests = (await publishedPackages()).map(async ({ folder }): Promise<VersionedPackage> => {
    return JSON.parse(await readFile(join(folder, "package.json"), "utf8"));
  });
  const core = (file: string) => readFile(join(WORKSPACE, "packages", "core", "src", file), "utf8");
  const formats: FormatVersions = {
    envelope: constantIn(await core("recursion/envelope.ts"), "ENVELOPE_VERSION"),
    record: constantIn(await core("state/run-item.ts"), "RECORD_VERSION"),
  };
  const page = join(DOCS, "src", "content", "docs", "reference", "versions.md");
  await writeFile(page, versionsPage(await Promise.all(manifests), formats));
}

/**
 * The value of a constant that is a number.
 *
 * @throws if there is none of that name.
 */
export function constantIn(text: string, name: string): number {
  const [, value] = new RegExp(`const ${name} = (\\d+);`).exec(text) ?? [];
  if (value === undefined) throw new Error(`There is no number ${name} any more.`);
  return Number(value);
}

/** The page: packages with what they need, and the formats. */
export function versionsPage(packages: readonly VersionedPackage[], { envelope, record }: FormatVersions): string {
  const rows = packages.map(
    (each) => `| \`${each.name}\` | ${each.version} | ${cell(each.engines?.node ?? "")} | ${peersOf(each)} |`,
  );
  const isReleased = packages.some(({ version }) => version !== "0.0.0");
  const status = isReleased
    ? "All packages are released together, with one version."
    : "All packages are released together, with one version. Version 0.0.0 means that there was no release yet.";
  return `---
title: Versions
description: The packages, what they need, and the formats that outlive a deployment.
---

${status}

| package | version | Node | peers |
|---|---|---|---|
${rows.join("\n")}

A peer in brackets is needed for a part of the package only. The packages have ES modules alone; \`require\` takes them, too.

## Formats that outlive a deployment

A run may begin with one release and end with another.

| format | version | another version is |
|---|---|---|
| envelope: \`longhaul.v\` of the event | ${envelope} | refused, as [\`EVENT\`](/reference/errors.html#event) |
| record of a run: its \`v\` | ${record} | newer: refused, as [\`RUN_STORE\`](/reference/errors.html#run_store); older: read |
| your state | \`state.version\` | brought up by \`state.migrate\`; without it the run is paused, as [\`VERSION_MISMATCH\`](/reference/errors.html#version_mismatch) |

The fields of both: [events and envelope](/reference/events-and-envelope.html).
`;
}

function peersOf({ peerDependencies = {}, peerDependenciesMeta = {} }: VersionedPackage): string {
  const peers = Object.entries(peerDependencies).map(([name, range]) => {
    const peer = `\`${name}\` ${cell(range)}`;
    return peerDependenciesMeta[name]?.optional ? `(${peer})` : peer;
  });
  return peers.join(", ") || "–";
}

/** A range as text of a table. */
function cell(range: string): string {
  return range.replace(/[<>|]/g, (sign) => ({ "<": "&lt;", ">": "&gt;" })[sign] ?? "or");
}
