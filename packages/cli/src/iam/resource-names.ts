import type { DeployedStack } from "@longhaul/local";

/** A resource of a stack, and what an ARN names below it. */
export interface NamedResource {
  readonly logicalId: string;
  /** Such as `AWS::S3::Bucket`. */
  readonly type: string;
  /** The ARN behind that of the resource, such as `/in/*`; empty if it is the resource itself. */
  readonly rest: string;
}

type Resource = DeployedStack["resources"][number];

/** Knows the resources of stacks by their ARNs. */
export interface ResourceNames {
  /** The resource that an ARN names; `undefined` if no stack has it. */
  find(arn: string): NamedResource | undefined;
  /** A short name for people: `BatchOutput/out/*`. CDK's hashes are left out. */
  nameOf(arn: string): string;
  /** The ARN as a template says it; as it is if no stack has the resource. */
  inTemplate(arn: string): string | object;
}

/** Makes the names of these resources. */
export function resourceNames(resources: readonly Resource[]): ResourceNames {
  const find = (arn: string): NamedResource | undefined => {
    const [best] = resources
      .filter((resource) => isBelow(arn, resource.arn))
      .toSorted((a, b) => b.arn.length - a.arn.length);
    return best && { logicalId: best.logicalId, type: best.type, rest: arn.slice(best.arn.length) };
  };
  return {
    find,
    nameOf(arn) {
      const found = find(arn);
      return found ? `${constructOf(found.logicalId)}${found.rest}` : arn;
    },
    inTemplate(arn) {
      const found = find(arn);
      if (!found) return arn;
      const { logicalId, type, rest } = found;
      const isTopic = type === "AWS::SNS::Topic";
      if (rest === "") return isTopic ? { Ref: logicalId } : { "Fn::GetAtt": [logicalId, "Arn"] };
      // https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/intrinsic-function-reference-sub.html
      return { "Fn::Sub": `\${${logicalId}${isTopic ? "" : ".Arn"}}${rest.replaceAll("${", "${!")}` };
    },
  };
}

/** CDK ends logical ids with eight hexadecimal digits. */
export function constructOf(logicalId: string): string {
  return logicalId.replace(/[0-9A-F]{8}$/, "");
}

function isBelow(arn: string, resource: string): boolean {
  return arn === resource || arn.startsWith(`${resource}/`) || arn.startsWith(`${resource}:`);
}
