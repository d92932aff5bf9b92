import type { PropertyReader } from "../property-reader.ts";
import { readPolicyDocument } from "../roles.ts";
import type { ResourceContext, ResourceMaker } from "./resource.ts";

/** `AWS::IAM::Role` */
export const iamRole: ResourceMaker = (context, properties) => {
  const name = context.name(properties.optionalText("RoleName"), 64);
  const path = properties.optionalText("Path") ?? "/";
  const arn = `arn:aws:iam::${context.accountId}:role${path}${name}`;
  const trust = readPolicyDocument(properties, "AssumeRolePolicyDocument");
  const inline = properties
    .nestedList("Policies")
    .map((policy) => [policy.text("PolicyName"), readPolicyDocument(policy, "PolicyDocument")] as const);
  const managedPolicyArns = properties.texts("ManagedPolicyArns");
  properties.finish();
  const { roles } = context.services;
  roles.add({ name, arn, trust, managedPolicyArns }, new Map(inline));
  if (!context.previous) context.undo(() => roles.remove(name));
  return { ref: name, attributes: { Arn: arn, RoleId: `AROA${name.toUpperCase().slice(-16)}` } };
};

/** `AWS::IAM::Policy` */
export const iamPolicy: ResourceMaker = (context, properties) => {
  const name = properties.text("PolicyName");
  attachToRoles(context, properties, name, readPolicyDocument(properties, "PolicyDocument"));
  return { ref: name, attributes: { Id: name } };
};

/** `AWS::IAM::ManagedPolicy` */
export const iamManagedPolicy: ResourceMaker = (context, properties) => {
  const name = context.name(properties.optionalText("ManagedPolicyName"), 128);
  const arn = `arn:aws:iam::${context.accountId}:policy${properties.optionalText("Path") ?? "/"}${name}`;
  const statements = readPolicyDocument(properties, "PolicyDocument");
  attachToRoles(context, properties, arn, statements);
  const { roles } = context.services;
  roles.addManagedPolicy(arn, statements);
  if (!context.previous) context.undo(() => roles.removeManagedPolicy(arn));
  return { ref: arn, attributes: { PolicyArn: arn } };
};

function attachToRoles(
  { services, previous, undo }: ResourceContext,
  properties: PropertyReader,
  policyName: string,
  statements: ReturnType<typeof readPolicyDocument>,
): void {
  const roleNames = properties.texts("Roles");
  properties.finish();
  for (const roleName of roleNames) {
    if (!services.roles.attach(roleName, policyName, statements)) {
      properties.invalid("Roles", `names ${roleName}, which is no role of a deployed stack`);
    }
    if (!previous) undo(() => services.roles.detach(roleName, policyName));
  }
}
