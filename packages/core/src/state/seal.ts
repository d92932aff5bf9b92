import type { webcrypto } from "node:crypto";
import { ConfigError, EventError } from "../errors.ts";

/**
 * Signs and encrypts what leaves the function, so that nobody between two hops can read the state or steer the run.
 * {@link secretSeal} makes one; an object of your own may use KMS.
 */
export interface StateSeal {
  /** Encrypts `plain`; `context` is bound to it but not carried. */
  seal(plain: string, context: string): Promise<string>;
  /** The counterpart. Rejects with an {@link EventError} if the token or its context was changed. */
  open(token: string, context: string): Promise<string>;
}

const PREFIX = "lh1.";

/**
 * Seals with AES-256-GCM under a key derived from a secret (HKDF-SHA-256). The first secret seals, all of them open, so
 * that a secret can be rotated while runs are under way. Fetch secrets from Secrets Manager or Parameter Store at start.
 *
 * @throws {@link ConfigError} for no secret, or one shorter than 16 characters.
 *
 * @example `recursive({ start, run, state: { seal: secretSeal([process.env.STATE_SECRET!]) } })`
 */
export function secretSeal(secrets: readonly string[]): StateSeal {
  if (secrets.length === 0 || secrets.some((secret) => secret.length < 16)) {
    throw new ConfigError("secretSeal needs at least one secret of 16 or more characters.");
  }
  let keys: Promise<webcrypto.CryptoKey[]> | undefined;
  const ready = () => (keys ??= Promise.all(secrets.map(deriveKey)));
  const parameters = (iv: Uint8Array<ArrayBuffer>, context: string) => ({
    name: "AES-GCM",
    iv,
    additionalData: new TextEncoder().encode(context),
  });
  return {
    async seal(plain, context) {
      const iv = crypto.getRandomValues(new Uint8Array(12));
      const [key] = await ready();
      const sealed = await crypto.subtle.encrypt(parameters(iv, context), key!, new TextEncoder().encode(plain));
      return `${PREFIX}${toBase64Url(iv)}.${toBase64Url(new Uint8Array(sealed))}`;
    },
    async open(token, context) {
      const [iv = "", sealed = ""] = token.startsWith(PREFIX) ? token.slice(PREFIX.length).split(".") : [];
      for (const key of await ready()) {
        try {
          const plain = await crypto.subtle.decrypt(parameters(fromBase64Url(iv), context), key, fromBase64Url(sealed));
          return new TextDecoder().decode(plain);
        } catch {
          // The next secret may be the one.
        }
      }
      throw new EventError("The state was not sealed by this function, or was changed on the way; it is refused.");
    },
  };
}

async function deriveKey(secret: string): Promise<webcrypto.CryptoKey> {
  const bytes = new TextEncoder().encode(secret);
  const material = await crypto.subtle.importKey("raw", bytes, "HKDF", false, ["deriveKey"]);
  const info = new TextEncoder().encode("longhaul state");
  return crypto.subtle.deriveKey(
    { name: "HKDF", hash: "SHA-256", salt: new Uint8Array(0), info },
    material,
    { name: "AES-GCM", length: 256 },
    false,
    ["encrypt", "decrypt"],
  );
}

function toBase64Url(bytes: Uint8Array): string {
  let binary = "";
  for (const byte of bytes) binary += String.fromCharCode(byte);
  return btoa(binary).replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");
}

/** Throws for what is not base64. */
function fromBase64Url(text: string): Uint8Array<ArrayBuffer> {
  return Uint8Array.from(atob(text.replaceAll("-", "+").replaceAll("_", "/")), (character) => character.charCodeAt(0));
}
