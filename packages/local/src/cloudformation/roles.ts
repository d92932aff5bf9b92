import { isJsonObject, type Json } from "./json.ts";
import type { PropertyReader } from "./property-reader.ts";

/** A statement of an IAM policy, its names resolved. Kept for the permission check; not enforced by the deployer. */
export interface PolicyStatement {
  readonly sid: string | undefined;
  readonly effect: "Allow" | "Deny";
  readonly actions: readonly string[];
  readonly notActions: readonly string[];
  readonly resources: readonly string[];
  readonly notResources: readonly string[];
  /** As written, e.g. `{ StringEquals: { "aws:SourceAccount": "..." } }`. */
  readonly condition: Json | undefined;
  readonly principal: Json | undefined;
}

/** A role with what its policies say. */
export interface Role {
  readonly name: string;
  readonly arn: string;
  readonly trust: readonly PolicyStatement[];
  /** Statements of all policies attached to it, inline or managed by the stack. */
  readonly statements: readonly PolicyStatement[];
  /** Policies that AWS manages, by ARN; their statements are not in the template. */
  readonly managedPolicyArns: readonly string[];
}

/** All deployed roles. */
export class Roles {
  readonly #roles = new Map<string, { role: Role; statements: Map<string, readonly PolicyStatement[]> }>();
  readonly #managed = new Map<string, readonly PolicyStatement[]>();

  add(role: Omit<Role, "statements">, inline: ReadonlyMap<string, readonly PolicyStatement[]>): void {
    this.#roles.set(role.name, { role: { ...role, statements: [] }, statements: new Map(inline) });
  }

  /** Attaches statements under a policy's name; the same name replaces what it held. */
  attach(roleName: string, policyName: string, statements: readonly PolicyStatement[]): boolean {
    const entry = this.#roles.get(roleName);
    entry?.statements.set(policyName, statements);
    return entry !== undefined;
  }

  detach(roleName: string, policyName: string): void {
    this.#roles.get(roleName)?.statements.delete(policyName);
  }

  remove(roleName: string): void {
    this.#roles.delete(roleName);
  }

  removeManagedPolicy(arn: string): void {
    this.#managed.delete(arn);
  }

  addManagedPolicy(arn: string, statements: readonly PolicyStatement[]): void {
    this.#managed.set(arn, statements);
  }

  /** By ARN. */
  get(arn: string): Role | undefined {
    return this.list().find((role) => role.arn === arn);
  }

  list(): readonly Role[] {
    return [...this.#roles.values()].map(({ role, statements }) => {
      const own = role.managedPolicyArns.flatMap((arn) => this.#managed.get(arn) ?? []);
      return {
        ...role,
        managedPolicyArns: role.managedPolicyArns.filter((arn) => !this.#managed.has(arn)),
        statements: [...statements.values()].flat().concat(own),
      };
    });
  }
}

const statementFields = new Set([
  ...["Sid", "Effect", "Action", "NotAction", "Resource", "NotResource", "Condition", "Principal", "NotPrincipal"],
]);

/** Reads a policy document property. */
export function readPolicyDocument(properties: PropertyReader, name: string): readonly PolicyStatement[] {
  const { Statement: list = [] } = properties.object(name);
  const statements = Array.isArray(list) ? list : [list];
  return statements.map((statement: Json, index) => {
    const at = `${name}.Statement[${index}]`;
    if (!isJsonObject(statement)) return properties.invalid(at, "must be an object");
    const unknown = Object.keys(statement).find((field) => !statementFields.has(field));
    if (unknown !== undefined) return properties.invalid(at, `has the field ${unknown}, which IAM does not know`);
    const effect = statement.Effect;
    if (effect !== "Allow" && effect !== "Deny") return properties.invalid(`${at}.Effect`, "must be Allow or Deny");
    const texts = (field: string): readonly string[] => {
      const value = statement[field] ?? [];
      const items = Array.isArray(value) ? value : [value];
      return items.every((item): item is string => typeof item === "string")
        ? items
        : properties.invalid(`${at}.${field}`, "must be a text or a list of texts");
    };
    return {
      sid: typeof statement.Sid === "string" ? statement.Sid : undefined,
      effect,
      actions: texts("Action"),
      notActions: texts("NotAction"),
      resources: texts("Resource"),
      notResources: texts("NotResource"),
      condition: statement.Condition,
      principal: statement.Principal ?? statement.NotPrincipal,
    };
  });
}
