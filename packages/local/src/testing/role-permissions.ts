import type { PolicyStatement } from "../cloudformation/roles.ts";
import type { Authorizer } from "../gateway/gateway.ts";
import { LocalAwsError } from "../gateway/local-aws-error.ts";
import type { LocalAws } from "../local-aws.ts";

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

/** Whether a pattern of IAM matches a name: `*` matches any text, `?` one character. */
export function isNamed(pattern: string, name: string): boolean {
  const source = pattern
    .replace(/[.+^${}()|[\]\\]/g, "\\$&")
    .replaceAll("*", ".*")
    .replaceAll("?", ".");
  return new RegExp(`^${source}$`, "s").test(name);
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
    const statements = aws().roles.get(roleArn)?.statements ?? [];
    // https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic.html
    for (const effect of ["Deny", "Allow"] as const) {
      const answers = statements
        .filter((statement) => statement.effect === effect)
        .map((statement) => ({ statement, isAbout: isAbout(statement, action, resourceArn) }));
      if (answers.some((answer) => answer.isAbout === true)) return effect === "Allow";
      for (const { statement, isAbout } of answers) {
        if (isAbout === false) continue;
        const why = `${isAbout}, which is not decided here; on it hangs whether ${action} on ${resourceArn} is permitted`;
        throw new UnsupportedPolicyError(roleArn, statement, why);
      }
    }
    return false;
  };
}

/** Yes, no, or a text: what in the statement leaves it open. */
type Answer = boolean | string;

function isAbout(statement: PolicyStatement, action: string, resourceArn: string): Answer {
  const { actions, notActions, resources, notResources, condition } = statement;
  // The names of actions are the same in any case.
  const isIt = (pattern: string) => isNamed(pattern.toLowerCase(), action.toLowerCase());
  if (!actions.some(isIt) && (notActions.length === 0 || notActions.some(isIt))) return false;
  const answer = notResources.length > 0 ? not(isOneOf(notResources, resourceArn)) : isOneOf(resources, resourceArn);
  return answer !== false && condition !== undefined ? "has a Condition" : answer;
}

function not(answer: Answer): Answer {
  return typeof answer === "string" ? answer : !answer;
}

/** Whether one of the patterns names the resource. */
function isOneOf(patterns: readonly string[], resourceArn: string): Answer {
  const mayBe = patterns.filter((pattern) => isNamed(pattern.replace(VARIABLE, "*"), resourceArn));
  if (mayBe.length === 0) return false;
  return mayBe.every((pattern) => pattern.search(VARIABLE) >= 0) ? "has a policy variable" : true;
}

/** `${aws:username}` */
const VARIABLE = /\$\{[^}]*\}/g;
