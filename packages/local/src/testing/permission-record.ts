import type { PolicyStatement, Role } from "../cloudformation/roles.ts";
import type { Authorizer } from "../gateway/gateway.ts";
import type { LocalAws } from "../local-aws.ts";
import { decide, isActionNamed, isNamed } from "./policy-decision.ts";
import { undecidedCall } from "./role-permissions.ts";

/** A statement that allows something, and what was made of it. */
export interface StatementUse {
  readonly statement: PolicyStatement;
  /** Number of calls that it allowed. */
  readonly calls: number;
  /** Lambda itself needs it, for logs, for destinations or to poll a queue; that need not have happened. */
  readonly isForLambda: boolean;
  /** Other statements allow all that was made of it, too. */
  readonly isCovered: boolean;
  /** Its actions of which no use was made. */
  readonly spareActions: readonly string[];
  /** Its resources of which no use was made. A function and its versions and aliases (`:*`) count as one. */
  readonly spareResources: readonly string[];
}

/** Calls that no statement allows, or of which that is not known. */
export interface NotedCall {
  readonly action: string;
  readonly resourceArn: string;
  /** 0 for what Lambda itself would do and did not have to. */
  readonly count: number;
  /** Lambda itself makes the call with the role, and no code of the function. */
  readonly isByLambda: boolean;
  /** A statement denies it, whatever others allow. */
  readonly isDenied: boolean;
}

type Call = Omit<NotedCall, "isDenied">;

/** The permissions of a role, and the calls that were made with it. */
export interface RolePermissions {
  readonly role: Role;
  /** In the order of the policies; statements that deny are not among them. */
  readonly statements: readonly StatementUse[];
  /** Calls that the policies of the stack do not allow. */
  readonly refused: readonly NotedCall[];
  /** Calls that depend on something that is not decided here, with the reason, such as `has a Condition`. */
  readonly undecided: readonly (NotedCall & { readonly why: string })[];
}

/** Keeps which call was allowed by which statement. */
export interface PermissionRecord {
  /** For `startLocalAws({ authorize })`. */
  readonly authorize: Authorizer;
  /** The roles of all stacks, with what was made of their permissions so far. */
  review(): readonly RolePermissions[];
}

/** Distinct refused calls that are kept of a role; those of further resources are passed over. */
const MAX_REFUSED = 1_000;

/** Names of AWS's own policies that let Lambda write logs. */
const WRITES_LOGS = /\/AWSLambda\w*ExecutionRole$/;

/**
 * Lets roles do what the policies in their stack say, as {@link byPolicies} does, and keeps which statement allowed which
 * call. Callers from outside may do anything.
 *
 * @param aws - the embedded AWS whose roles they are; a function, since it is started with the answer.
 * @param options - `isEnforced`: whether a call that no statement allows is refused; if `false` it is only kept.
 * Default: `true`.
 *
 * @example
 * ```ts
 * const record = recordPermissions(() => aws);
 * const aws: LocalAws = await startLocalAws({ authorize: record.authorize });
 * ```
 */
export function recordPermissions(
  aws: () => Pick<LocalAws, "roles" | "lambda">,
  { isEnforced = true }: { readonly isEnforced?: boolean } = {},
): PermissionRecord {
  const records = new Map<string, RoleRecord>();
  const recordOf = (roleArn: string) => {
    const record = records.get(roleArn) ?? new RoleRecord();
    records.set(roleArn, record);
    return record;
  };
  return {
    authorize({ roleArn, accessKeyId }, action, resourceArn) {
      if (roleArn === undefined) return true;
      const call = { action, resourceArn, count: 1, isByLambda: accessKeyId === "lambda.amazonaws.com" };
      const decision = recordOf(roleArn).add(aws().roles.get(roleArn)?.statements ?? [], call);
      if (!isEnforced) return true;
      if (decision.is === "undecided") throw undecidedCall(roleArn, decision, action, resourceArn);
      return decision.is === "allowed";
    },
    review() {
      const { roles, lambda } = aws();
      const ownCalls = lambda.ownCalls();
      return roles.list().map((role) => {
        const writesLogs = role.managedPolicyArns.some((arn) => WRITES_LOGS.test(arn));
        const record = (records.get(role.arn) ?? new RoleRecord()).copy();
        for (const { roleArn, action, resourceArn } of ownCalls) {
          if (roleArn !== role.arn || (writesLogs && action.startsWith("logs:"))) continue;
          record.add(role.statements, { action, resourceArn, count: 0, isByLambda: true });
        }
        return record.review(role);
      });
    },
  };
}

interface Use {
  readonly calls: number;
  readonly isForLambda: boolean;
  readonly isCovered: boolean;
  readonly actions: ReadonlySet<string>;
  readonly resources: ReadonlySet<string>;
}

const UNUSED: Use = { calls: 0, isForLambda: false, isCovered: true, actions: new Set(), resources: new Set() };

/** The use that was made of the permissions of one role. */
class RoleRecord {
  readonly #uses: Map<PolicyStatement, Use>;
  readonly #noted: Map<string, NotedCall & { readonly why?: string }>;

  constructor(uses: Iterable<[PolicyStatement, Use]> = [], noted: Iterable<[string, NotedCall]> = []) {
    this.#uses = new Map(uses);
    this.#noted = new Map(noted);
  }

  copy(): RoleRecord {
    return new RoleRecord(this.#uses, this.#noted);
  }

  add(statements: readonly PolicyStatement[], call: Call) {
    const decision = decide(statements, call.action, call.resourceArn);
    if (decision.is === "allowed") {
      for (const statement of decision.by) this.#use(statement, call, decision.by.length > 1);
    } else
      this.#note(
        { ...call, isDenied: decision.is === "denied" },
        decision.is === "undecided" ? decision.why : undefined,
      );
    return decision;
  }

  #use(statement: PolicyStatement, { action, resourceArn, count, isByLambda }: Call, isCovered: boolean): void {
    const before = this.#uses.get(statement) ?? UNUSED;
    const { actions, resources } = statement;
    this.#uses.set(statement, {
      calls: before.calls + count,
      isForLambda: before.isForLambda || isByLambda,
      isCovered: before.isCovered && isCovered,
      actions: new Set([...before.actions, ...actions.filter((pattern) => isActionNamed(pattern, action))]),
      resources: new Set([...before.resources, ...resources.filter((pattern) => isNamed(pattern, resourceArn))]),
    });
  }

  #note(call: NotedCall, why: string | undefined): void {
    const key = `${call.action}\n${call.resourceArn}\n${call.isByLambda}`;
    const before = this.#noted.get(key);
    if (before === undefined && this.#noted.size >= MAX_REFUSED) return;
    this.#noted.set(key, {
      ...call,
      count: (before?.count ?? 0) + call.count,
      ...(why !== undefined && { why }),
    });
  }

  review(role: Role): RolePermissions {
    const noted = [...this.#noted.values()];
    return {
      role,
      statements: role.statements.flatMap((statement) => {
        if (statement.effect === "Deny") return [];
        const { actions, resources, ...use } = this.#uses.get(statement) ?? UNUSED;
        return [
          {
            statement,
            ...use,
            isCovered: use.isCovered && actions.size + resources.size > 0,
            spareActions: statement.actions.filter((action) => !actions.has(action)),
            spareResources: statement.resources.filter(
              (resource) => !resources.has(resource) && !isQualifierOf(resource, resources),
            ),
          },
        ];
      }),
      refused: noted.filter(({ why }) => why === undefined),
      undecided: noted.flatMap((call) => (call.why === undefined ? [] : [{ ...call, why: call.why }])),
    };
  }
}

/** Whether a resource is the versions and aliases of a function that was used: an ARN of them, and CDK grants both. */
function isQualifierOf(resource: string, used: ReadonlySet<string>): boolean {
  return resource.split(":")[2] === "lambda" && resource.endsWith(":*") && used.has(resource.slice(0, -":*".length));
}
