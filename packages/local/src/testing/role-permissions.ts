import type { PolicyStatement } from "../cloudformation/roles.ts";
import type { Authorizer } from "../gateway/gateway.ts";
import { LocalAwsError } from "../gateway/local-aws-error.ts";
import type { LocalAws } from "../local-aws.ts";
import { decide, type PolicyDecision } from "./policy-decision.ts";

/** A permission that a role has. */
export interface Permission {
  /** Such as `s3:GetObject`; may hold `*` and `?`. */
  readonly action: string;
  /** An ARN; may hold `*` and `?`. */
  readonly resource: string;
}

/** A policy says something that is neither decided nor listed here; it is refused rather than passed over. */
export class UnsupportedPolicyError extends LocalAwsError {
  readonly roleArn: string;
  readonly statement: PolicyStatement;
  constructor(roleArn: string, statement: PolicyStatement, what: string) {
    const { sid, effect, actions, notActions } = statement;
    const name = sid ?? `${effect} ${[...actions, ...notActions.map((action) => `not ${action}`)].join(", ")}`;
    super("UnsupportedPolicy", `A policy of ${roleArn}, statement "${name.slice(0, 200)}", ${what}.`);
    this.roleArn = roleArn;
    this.statement = statement;
  }
}

/** It is not known whether a call is permitted. */
export function undecidedCall(
  roleArn: string,
  { by, why }: Extract<PolicyDecision, { readonly is: "undecided" }>,
  action: string,
  resourceArn: string,
): UnsupportedPolicyError {
  const open = `which is not decided here; on it hangs whether ${action} on ${resourceArn} is permitted`;
  return new UnsupportedPolicyError(roleArn, by, `${why}, ${open}`);
}

/**
 * Lists what a role may do by the policies in its stack: each action with each resource. Policies of AWS's own are
 * not among them, nor is what queues, topics or functions permit by policies of theirs.
 *
 * @throws {@link UnsupportedPolicyError} if a statement cannot be said so: one that denies, has a condition, or names what
 * it is not about.
 */
export function permissionsOf({ roles }: Pick<LocalAws, "roles">, roleArn: string): readonly Permission[] {
  return (roles.get(roleArn)?.statements ?? []).flatMap((statement) => {
    const { effect, actions, notActions, resources, notResources, condition } = statement;
    const refuse = (what: string): never => {
      throw new UnsupportedPolicyError(roleArn, statement, `${what}, which a list of permissions cannot say`);
    };
    if (effect === "Deny") refuse("denies");
    if (condition !== undefined) refuse("has a Condition");
    if (notActions.length > 0) refuse("has a NotAction");
    if (notResources.length > 0) refuse("has a NotResource");
    return actions.flatMap((action) => resources.map((resource) => ({ action, resource })));
  });
}

/**
 * Lets roles do what the policies in their stack say, and callers from outside do anything: for `startLocalAws({ authorize })`.
 * What is denied is denied, whatever permits it. Policies of AWS's own, of resources and of boundaries are not asked.
 *
 * What it returns throws {@link UnsupportedPolicyError}, and the caller gets a 500 with its message, if the answer hangs on
 * a condition or on a policy variable, such as `${aws:username}`.
 *
 * @param aws - the embedded AWS whose roles they are; a function, since it is started with the answer.
 *
 * @example `const aws: LocalAws = await startLocalAws({ authorize: byPolicies(() => aws) });`
 */
export function byPolicies(aws: () => Pick<LocalAws, "roles">): Authorizer {
  return ({ roleArn }, action, resourceArn) => {
    if (roleArn === undefined) return true;
    const decision = decide(aws().roles.get(roleArn)?.statements ?? [], action, resourceArn);
    if (decision.is === "undecided") throw undecidedCall(roleArn, decision, action, resourceArn);
    return decision.is === "allowed";
  };
}
