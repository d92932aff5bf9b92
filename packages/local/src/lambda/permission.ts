/** A statement of a function's resource policy, as `AddPermission` takes it. */
export interface InvokePermission {
  readonly statementId: string;
  /** @defaultValue "lambda:InvokeFunction" */
  readonly action?: string;
  /** A service (`s3.amazonaws.com`), an account or a role. */
  readonly principal: string;
  readonly sourceArn?: string;
  readonly sourceAccount?: string;
  readonly qualifier?: string;
}

/** The resource policy document that `GetPolicy` returns. */
export function policyDocument(functionArn: string, permissions: readonly InvokePermission[]): string {
  return JSON.stringify({
    Version: "2012-10-17",
    Id: "default",
    Statement: permissions.map((permission) => permissionStatement(functionArn, permission)),
  });
}

/** One statement of that document. */
export function permissionStatement(functionArn: string, permission: InvokePermission): object {
  const { principal } = permission;
  return {
    Sid: permission.statementId,
    Effect: "Allow",
    Principal:
      principal === "*" ? "*" : principal.endsWith(".amazonaws.com") ? { Service: principal } : { AWS: principal },
    Action: permission.action ?? "lambda:InvokeFunction",
    Resource: permission.qualifier === undefined ? functionArn : `${functionArn}:${permission.qualifier}`,
    ...conditionOf(permission),
  };
}

function conditionOf(permission: InvokePermission): object {
  const condition = {
    ...(permission.sourceAccount === undefined
      ? {}
      : { StringEquals: { "AWS:SourceAccount": permission.sourceAccount } }),
    ...(permission.sourceArn === undefined ? {} : { ArnLike: { "AWS:SourceArn": permission.sourceArn } }),
  };
  return Object.keys(condition).length === 0 ? {} : { Condition: condition };
}

/** Whether a service may invoke the function on behalf of a resource; `*` and `?` in `sourceArn` are wildcards. */
export function permitsService(
  permissions: readonly InvokePermission[],
  caller: { readonly servicePrincipal: string; readonly sourceArn: string; readonly sourceAccount: string },
): boolean {
  return permissions.some(
    (permission) =>
      ["lambda:InvokeFunction", "lambda:*", "*"].includes(permission.action ?? "lambda:InvokeFunction") &&
      [caller.servicePrincipal, "*"].includes(permission.principal) &&
      (permission.sourceAccount === undefined || permission.sourceAccount === caller.sourceAccount) &&
      (permission.sourceArn === undefined || arnLike(permission.sourceArn, caller.sourceArn)),
  );
}

function arnLike(pattern: string, arn: string): boolean {
  const expression = pattern
    .replace(/[.+^${}()|[\]\\]/g, "\\$&")
    .replaceAll("*", ".*")
    .replaceAll("?", ".");
  return new RegExp(`^${expression}$`).test(arn);
}
