import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";

/** The properties of a CloudFormation type, or of a structure in it, as CDK writes them. */
export interface CdkStructure {
  readonly [name: string]: CdkStructure | undefined;
}

const require = createRequire(import.meta.url);

/**
 * Reads the properties of a resource type from the functions by which CDK's L1 constructs write templates.
 *
 * @param type - e.g. `AWS::Lambda::Function`.
 */
export function cdkProperties(type: string): CdkStructure {
  const [, service = "", resource = ""] = type.split("::");
  const name = service.toLowerCase();
  const library = dirname(require.resolve("aws-cdk-lib/package.json"));
  const source = readFileSync(join(library, `aws-${name}`, "lib", `${name}.generated.js`), "utf8");
  return structureIn(source, `Cfn${resource}Props`, []);
}

function structureIn(source: string, name: string, outer: readonly string[]): CdkStructure {
  const start = source.indexOf(`function convert${name}ToCloudFormation(`);
  if (start < 0 || outer.includes(name)) return {};
  const end = source.indexOf("function ", start + 1);
  const body = source.slice(start, end < 0 ? undefined : end);
  return Object.fromEntries(
    Array.from(body.matchAll(/[{,](\w+):((?:cdk\(\)|convert)[^,]*)/g), ([, property, converter]) => {
      if (converter?.includes("cfnTagToCloudFormation")) return [property, { Key: undefined, Value: undefined }];
      const nested = /convert(\w+?)ToCloudFormation/.exec(converter ?? "")?.[1];
      return [property, nested === undefined ? undefined : structureIn(source, nested, [...outer, name])];
    }),
  );
}
