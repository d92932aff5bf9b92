import type { DeployedStack } from "@longhaul/local";
import { isNamed, type NotedCall, type RolePermissions, type StatementUse } from "@longhaul/local/testing";
import { type MissingStatement, missingStatements } from "./missing-statement.ts";
import { constructOf, resourceNames } from "./resource-names.ts";

/** A statement of a role's policies, and the calls that it allowed. Resources are named by their constructs. */
export interface StatementReport {
  readonly actions: readonly string[];
  readonly resources: readonly string[];
  readonly calls: number;
  /** Lambda itself needs it, for logs, for destinations or to poll a queue. */
  readonly isForLambda: boolean;
  /** The parts of it that are spare; `undefined` if none is. */
  readonly spare: SpareReport | undefined;
}

/** The spare parts of a statement. */
export interface SpareReport {
  /** `unused`: none of it was used. `covered`: other statements allow all that was used. `partly`: the rest was used. */
  readonly kind: "unused" | "covered" | "partly";
  readonly actions: readonly string[];
  readonly resources: readonly string[];
}

/** The calls that were made with a role, against its permissions. */
export interface RoleReport {
  /** Its logical id. */
  readonly role: string;
  /** Logical ids of the functions that have it. */
  readonly functions: readonly string[];
  /** Whether one of these functions ran, or there is none. Of a role whose functions did not run little is known. */
  readonly hasRun: boolean;
  readonly statements: readonly StatementReport[];
  readonly missing: readonly (MissingStatement & { readonly name: string })[];
  readonly undecided: readonly { readonly action: string; readonly name: string; readonly why: string }[];
  /** Policies of AWS's own, whose statements are not looked at. */
  readonly managedPolicies: readonly string[];
}

/** Everything that the report is made of. */
export interface PermissionFacts {
  readonly roles: readonly RolePermissions[];
  readonly stacks: readonly DeployedStack[];
  /** ARN of a function's role, by the function's ARN. */
  readonly roleOf: (functionArn: string) => string;
  /** Whether a function was invoked, by its ARN. */
  readonly wasInvoked: (functionArn: string) => boolean;
  /** Patterns of actions that need not happen. */
  readonly rare: readonly string[];
}

/** Compares calls with permissions, role by role. Roles without permissions and calls are left out. */
export function permissionReport({ roles, stacks, roleOf, wasInvoked, rare }: PermissionFacts): readonly RoleReport[] {
  const resources = stacks.flatMap((stack) => stack.resources);
  const names = resourceNames(resources);
  const functions = resources.filter(({ type }) => type === "AWS::Lambda::Function");
  const noted = ({ action, resourceArn }: NotedCall) => ({ action, name: names.nameOf(resourceArn) });
  return roles.flatMap(({ role, statements, refused, undecided }) => {
    if (statements.length + refused.length + undecided.length === 0) return [];
    const own = functions.filter(({ arn }) => roleOf(arn) === role.arn);
    const worker = own.length === 1 ? own[0]?.logicalId : undefined;
    return [
      {
        role: names.find(role.arn)?.logicalId ?? role.name,
        functions: own.map(({ logicalId }) => logicalId),
        hasRun: own.length === 0 || own.some(({ arn }) => wasInvoked(arn)),
        statements: statements.map((use) => statementReport(use, names.nameOf, rare)),
        missing: missingStatements(refused, worker, names).map((missing) => ({
          ...missing,
          name: names.nameOf(missing.resource),
        })),
        undecided: undecided.map((call) => ({ ...noted(call), why: call.why })),
        managedPolicies: role.managedPolicyArns,
      },
    ];
  });
}

/** Whether a report is in order. */
export function isInOrder(reports: readonly RoleReport[], isStrict: boolean): boolean {
  return reports.every(
    ({ missing, undecided, hasRun, statements }) =>
      missing.length === 0 &&
      (!isStrict || (undecided.length === 0 && hasRun && statements.every(({ spare }) => spare === undefined))),
  );
}

/** The name of a role for people: that of its only function, or its own. */
export function titleOf({ functions, role }: Pick<RoleReport, "functions" | "role">): string {
  const list = functions.map(constructOf).join(", ");
  return list === "" ? constructOf(role) : `${list}, by ${constructOf(role)}`;
}

function statementReport(use: StatementUse, nameOf: (arn: string) => string, rare: readonly string[]): StatementReport {
  const { statement, calls, isForLambda } = use;
  const listed = (names: readonly string[], notNames: readonly string[]) =>
    notNames.length > 0 ? notNames.map((name) => `not ${name}`) : names;
  return {
    actions: listed(statement.actions, statement.notActions),
    resources: listed(statement.resources.map(nameOf), statement.notResources.map(nameOf)),
    calls,
    isForLambda,
    spare: spareReport(use, nameOf, rare),
  };
}

function spareReport(
  { statement, calls, isForLambda, isCovered, spareActions, spareResources }: StatementUse,
  nameOf: (arn: string) => string,
  rare: readonly string[],
): SpareReport | undefined {
  const isRare = (action: string) => rare.some((pattern) => isNamed(pattern.toLowerCase(), action.toLowerCase()));
  const { actions } = statement;
  const isAllRare = actions.length > 0 && actions.every(isRare);
  if (isCovered)
    return isAllRare ? undefined : { kind: "covered", actions, resources: statement.resources.map(nameOf) };
  const spare = { actions: spareActions.filter((action) => !isRare(action)), resources: spareResources.map(nameOf) };
  if (calls === 0 && !isForLambda) return isAllRare ? undefined : { kind: "unused", ...spare };
  // Which resource an action that is rare is for cannot be told.
  const resources = spareActions.length > spare.actions.length ? [] : spare.resources;
  return spare.actions.length + resources.length === 0
    ? undefined
    : { kind: "partly", actions: spare.actions, resources };
}
