import type { Finding } from "./finding.ts";
import { isTest, type Module } from "./module.ts";

/** Finds circles of imports, of types too: files that cannot be understood one after the other. */
export function circlesOf(modules: readonly Module[]): Finding[] {
  const sources = modules.filter(({ path }) => !isTest(path));
  const graph = new Map(sources.map(({ path, imports }) => [path, imports]));
  return components(graph).map((files) => ({
    rule: "circles",
    place: files[0] ?? "",
    message: `A circle of imports: ${circleIn(graph, files).join(" -> ")}.`,
  }));
}

/** The strongly connected components with more than one file (Tarjan's algorithm). */
function components(graph: ReadonlyMap<string, readonly string[]>): string[][] {
  const found: string[][] = [];
  const order = new Map<string, number>();
  const low = new Map<string, number>();
  const open: string[] = [];
  const visit = (file: string): number => {
    const at = order.size;
    order.set(file, at);
    let lowest = at;
    open.push(file);
    for (const next of graph.get(file) ?? []) {
      if (!graph.has(next)) continue;
      if (!order.has(next)) lowest = Math.min(lowest, visit(next));
      else if (open.includes(next)) lowest = Math.min(lowest, order.get(next) ?? lowest);
    }
    low.set(file, lowest);
    if (lowest === at) {
      const files = open.splice(open.indexOf(file)).sort();
      if (files.length > 1 || graph.get(file)?.includes(file)) found.push(files);
    }
    return lowest;
  };
  for (const file of graph.keys()) if (!order.has(file)) visit(file);
  return found;
}

/** A shortest circle through the first file of a component. */
function circleIn(graph: ReadonlyMap<string, readonly string[]>, files: readonly string[]): string[] {
  const [first = ""] = files;
  const paths = [[first]];
  const seen = new Set<string>();
  for (const path of paths) {
    for (const next of graph.get(path.at(-1) ?? "") ?? []) {
      if (next === first) return [...path, first];
      if (seen.has(next) || !files.includes(next)) continue;
      seen.add(next);
      paths.push([...path, next]);
    }
  }
  return [...files];
}
