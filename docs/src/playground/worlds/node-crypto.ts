/** As much of `node:crypto` as the functions use that the worker runs. A browser's own SHA-256 answers later. */
export function createHash(algorithm: string) {
  if (algorithm !== "sha256") throw new TypeError(`The playground has no hash ${algorithm}.`);
  let text = "";
  const hash = {
    update(more: string) {
      text += more;
      return hash;
    },
    digest: (_encoding: "hex") => sha256(new TextEncoder().encode(text)),
  };
  return hash;
}

/** SHA-256 as FIPS 180-4 defines it, in hexadecimal digits. */
function sha256(message: Uint8Array): string {
  const blocks = Math.ceil((message.length + 9) / 64);
  const view = new DataView(new ArrayBuffer(blocks * 64));
  new Uint8Array(view.buffer).set(message);
  view.setUint8(message.length, 0x80);
  view.setBigUint64(blocks * 64 - 8, BigInt(message.length * 8));
  const state = Uint32Array.from(PRIMES.slice(0, 8), (prime) => fraction(Math.sqrt(prime)));
  const words = new Uint32Array(64);
  for (let block = 0; block < blocks; block++) {
    for (let at = 0; at < 16; at++) words[at] = view.getUint32(block * 64 + at * 4);
    for (let at = 16; at < 64; at++) {
      const [old, recent] = [words[at - 15]!, words[at - 2]!];
      const fromOld = turned(old, 7) ^ turned(old, 18) ^ (old >>> 3);
      const fromRecent = turned(recent, 17) ^ turned(recent, 19) ^ (recent >>> 10);
      words[at] = words[at - 16]! + fromOld + words[at - 7]! + fromRecent;
    }
    let [a, b, c, d, e, f, g, h] = state as unknown as Eight;
    for (let at = 0; at < 64; at++) {
      const one = h + (turned(e, 6) ^ turned(e, 11) ^ turned(e, 25)) + ((e & f) ^ (~e & g)) + K[at]! + words[at]!;
      const other = (turned(a, 2) ^ turned(a, 13) ^ turned(a, 22)) + ((a & b) ^ (a & c) ^ (b & c));
      [a, b, c, d, e, f, g, h] = [(one + other) | 0, a, b, c, (d + one) | 0, e, f, g];
    }
    for (const [at, value] of [a, b, c, d, e, f, g, h].entries()) state[at]! += value;
  }
  return Array.from(state, (word) => word.toString(16).padStart(8, "0")).join("");
}

type Eight = [number, number, number, number, number, number, number, number];

const PRIMES = Array.from({ length: 312 }, (_, at) => at).filter(
  (value) => value > 1 && !Array.from({ length: value }, (_, at) => at).some((at) => at > 1 && value % at === 0),
);
const K = Uint32Array.from(PRIMES.slice(0, 64), (prime) => fraction(Math.cbrt(prime)));

/** The first 32 bits behind the point. */
function fraction(value: number): number {
  return Math.floor((value % 1) * 2 ** 32);
}

function turned(word: number, by: number): number {
  return (word >>> by) | (word << (32 - by));
}
