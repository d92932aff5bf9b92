import type { Template } from "aws-cdk-lib/assertions";

/** The first circle of references or `DependsOn` among a template's resources, which CloudFormation would refuse. */
export function dependencyCycle(template: Template): readonly string[] | undefined {
  const resources: Record<string, unknown> = template.toJSON().Resources;
  const finished = new Set<string>();
  const visit = (id: string, path: readonly string[]): readonly string[] | undefined => {
    if (path.includes(id)) return [...path.slice(path.indexOf(id)), id];
    if (finished.has(id)) return undefined;
    finished.add(id);
    for (const next of referencesIn(resources[id])) {
      const cycle = next in resources ? visit(next, [...path, id]) : undefined;
      if (cycle) return cycle;
    }
    return undefined;
  };
  for (const id of Object.keys(resources)) {
    const cycle = visit(id, []);
    if (cycle) return cycle;
  }
  return undefined;
}

function referencesIn(value: unknown): string[] {
  if (typeof value !== "object" || value === null) return [];
  return Object.entries(value).flatMap(([key, inner]) => {
    if (key === "Ref") return [String(inner)];
    if (key === "Fn::GetAtt") return [String([inner].flat()[0]).split(".")[0] ?? ""];
    if (key === "DependsOn") return [inner].flat().map(String);
    return referencesIn(inner);
  });
}
