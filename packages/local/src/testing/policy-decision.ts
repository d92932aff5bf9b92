import type { PolicyStatement } from "../cloudformation/roles.ts";

/** The answer of a role's statements to a call. */
export type PolicyDecision =
  | { readonly is: "allowed" | "denied"; readonly by: readonly PolicyStatement[] }
  /** No statement is about it, so it is refused. */
  | { readonly is: "unstated" }
  /** The answer depends on something that is not decided here. */
  | { readonly is: "undecided"; readonly by: PolicyStatement; readonly why: string };

/**
 * Decides whether statements allow a call. One that denies it outweighs all that allow it.
 *
 * @see https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic.html
 */
export function decide(statements: readonly PolicyStatement[], action: string, resourceArn: string): PolicyDecision {
  for (const effect of ["Deny", "Allow"] as const) {
    const answers = statements
      .filter((statement) => statement.effect === effect)
      .map((statement) => ({ statement, isAbout: isAbout(statement, action, resourceArn) }));
    const by = answers.filter((answer) => answer.isAbout === true).map(({ statement }) => statement);
    if (by.length > 0) return { is: effect === "Allow" ? "allowed" : "denied", by };
    for (const { statement, isAbout } of answers) {
      if (typeof isAbout === "string") return { is: "undecided", by: statement, why: isAbout };
    }
  }
  return { is: "unstated" };
}

/** Whether a pattern names an action. The names of actions are the same in any case. */
export function isActionNamed(pattern: string, action: string): boolean {
  return isNamed(pattern.toLowerCase(), action.toLowerCase());
}

/** Whether a pattern of IAM matches a name: `*` matches any text, `?` one character. */
export function isNamed(pattern: string, name: string): boolean {
  const source = pattern
    .replace(/[.+^${}()|[\]\\]/g, "\\$&")
    .replaceAll("*", ".*")
    .replaceAll("?", ".");
  return new RegExp(`^${source}$`, "s").test(name);
}

/** Yes, no, or a text: what in the statement leaves it open. */
type Answer = boolean | string;

function isAbout(statement: PolicyStatement, action: string, resourceArn: string): Answer {
  const { actions, notActions, resources, notResources, condition } = statement;
  const isIt = (pattern: string) => isActionNamed(pattern, action);
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
