import type { Template } from "aws-cdk-lib/assertions";

/** One `Allow` statement of a template, with the logical id of the role it is attached to. */
interface Permission {
  readonly role: string;
  readonly action: string;
  readonly resource: string;
}

interface Statement {
  readonly Effect: string;
  readonly Action: string | readonly string[];
  readonly Resource: unknown;
}

interface PolicyProperties {
  readonly Roles: readonly { readonly Ref: string }[];
  readonly PolicyDocument: { readonly Statement: readonly Statement[] };
}

/** Every permission a template gives to a role whose logical id begins with `role`, as `action on resource`, sorted. */
export function permissionsOf(template: Template, role = ""): string[] {
  return allPermissions(template)
    .filter((permission) => permission.role.startsWith(role))
    .map(({ action, resource }) => `${action} on ${resource}`)
    .sort();
}

function allPermissions(template: Template): Permission[] {
  const policies: { Properties: PolicyProperties }[] = Object.values(
    template.findResources("AWS::IAM::Policy"),
  ) as never;
  return policies.flatMap(({ Properties: { Roles, PolicyDocument } }) =>
    PolicyDocument.Statement.filter(({ Effect }) => Effect === "Allow").flatMap(({ Action, Resource }) =>
      [Action]
        .flat()
        .flatMap((action) =>
          [Resource]
            .flat()
            .flatMap((resource) => Roles.map((role) => ({ role: role.Ref, action, resource: written(resource) }))),
        ),
    ),
  );
}

/** `{"Fn::GetAtt": ["Table", "Arn"]}` -> `Table.Arn`; joins are written out. */
function written(value: unknown): string {
  if (typeof value === "string") return value;
  const [[intrinsic, argument] = ["", undefined]] = Object.entries(value as Record<string, unknown>);
  if (intrinsic === "Ref") return `\${${String(argument)}}`;
  if (intrinsic === "Fn::GetAtt") return (argument as string[]).join(".");
  if (intrinsic === "Fn::Join") {
    const [separator, parts] = argument as [string, unknown[]];
    return parts.map(written).join(separator);
  }
  return JSON.stringify(value);
}
