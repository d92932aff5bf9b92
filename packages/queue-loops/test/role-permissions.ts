import type { Authorizer, LocalAws } from "@longhaul/local";

/** A permission that a role has. */
export interface Permission {
  readonly action: string;
  /** May hold `*`. */
  readonly resource: string;
}

/** Whether something is what a pattern of IAM names. */
function isNamed(pattern: string, name: string): boolean {
  const source = pattern
    .replace(/[.+^${}()|[\]\\]/g, "\\$&")
    .replaceAll("*", ".*")
    .replaceAll("?", ".");
  return new RegExp(`^${source}$`, "s").test(name);
}

/** What a role is permitted, as its policies say. Ours have no conditions, and deny nothing. */
export function permissionsOf({ roles }: Pick<LocalAws, "roles">, roleArn: string): readonly Permission[] {
  return (roles.get(roleArn)?.statements ?? []).flatMap(({ actions, resources }) =>
    actions.flatMap((action) => resources.map((resource) => ({ action, resource }))),
  );
}

/** Lets roles do what their policies say, and callers from outside do anything. */
export function byPolicies(aws: () => Pick<LocalAws, "roles">): Authorizer {
  const known = new Map<string, boolean>();
  return ({ roleArn }, action, resourceArn) => {
    if (roleArn === undefined) return true;
    const call = `${roleArn}\n${action}\n${resourceArn}`;
    const answer =
      known.get(call) ??
      permissionsOf(aws(), roleArn).some(
        (permission) => isNamed(permission.action, action) && isNamed(permission.resource, resourceArn),
      );
    known.set(call, answer);
    return answer;
  };
}
