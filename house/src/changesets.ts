import type { Finding } from "./finding.ts";
import { publicPackagesOf } from "./manifest.ts";
import type { Tree } from "./tree.ts";

/** Finds changesets that name a package which is not published from here: they would stop the next release. */
export function changesetsAside(tree: Tree): Finding[] {
  const names = new Set(publicPackagesOf(tree).map(({ manifest }) => manifest.name));
  return tree.paths
    .filter((path) => /^\.changeset\/[^/]+\.md$/.test(path) && !path.endsWith("/README.md"))
    .flatMap((place) => {
      const [, heading = ""] = /^---\n(.*?)\n?---\n/s.exec(tree.text(place)) ?? [];
      const named = [...heading.matchAll(/^["']?([^"':\n]+)["']?:/gm)].map(([, name = ""]) => name);
      return named
        .filter((name) => !names.has(name))
        .map((name) => ({
          rule: "changesets",
          place,
          message: `No package of the name ${name} is published from here.`,
        }));
    });
}
