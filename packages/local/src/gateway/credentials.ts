import type { Principal } from "./service.ts";

/** Credentials that a client signs with. The embedded AWS issues them to tell callers apart; they open nothing else. */
export interface Credentials {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
}

/** Temporary credentials of a role. */
export interface RoleCredentials extends Credentials {
  readonly sessionToken: string;
}

/** Issues credentials for roles and tells, by the access key id of a request, whose they were. */
export interface CredentialIssuer {
  /** The same credentials for the same role, for as long as the embedded AWS runs. */
  credentialsFor(roleArn: string): RoleCredentials;
  /** An access key id that was never issued belongs to an outside caller: a principal without a role. */
  principalOf(accessKeyId: string): Principal;
}

/** Credentials of the person at the keyboard. Public on purpose. */
export const outsideCredentials: Credentials = {
  accessKeyId: "AKIALONGHAULLOCAL000",
  secretAccessKey: "longhaul-local-not-a-secret",
};

/** @param randomHex - returns `bytes` random bytes as lower-case hex digits. */
export function createCredentialIssuer(randomHex: (bytes: number) => string): CredentialIssuer {
  const byRole = new Map<string, RoleCredentials>();
  const principals = new Map<string, Principal>();
  return {
    credentialsFor(roleArn) {
      const known = byRole.get(roleArn);
      if (known) return known;
      const credentials: RoleCredentials = {
        // Temporary credentials begin with ASIA: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_identifiers.html
        accessKeyId: `ASIA${randomHex(8).toUpperCase()}`,
        secretAccessKey: randomHex(20),
        sessionToken: randomHex(16),
      };
      byRole.set(roleArn, credentials);
      principals.set(credentials.accessKeyId, { accessKeyId: credentials.accessKeyId, roleArn });
      return credentials;
    },
    principalOf: (accessKeyId) => principals.get(accessKeyId) ?? { accessKeyId },
  };
}
