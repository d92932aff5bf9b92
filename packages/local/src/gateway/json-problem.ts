/** The location that the parser of AWS names, with the source left out. */
const at = (column: number) =>
  `\n at [Source: REDACTED (\`StreamReadFeature.INCLUDE_SOURCE_IN_LOCATION\` disabled); line: 1, column: ${column}]`;
const VALUES = "JSON String, Number, Array, Object or token 'null', 'true' or 'false'";
const TOKENS = new Set(["null", "true", "false"]);

/**
 * Says why a text is no JSON, in the words of AWS, whose parser is Jackson. It looks at the first value and the first name in
 * it, which is where text that is no JSON at all goes wrong.
 *
 * @returns `undefined` if the fault is further inside.
 */
export function jsonProblem(text: Uint8Array): string | undefined {
  const bytes = Buffer.from(text.buffer, text.byteOffset, text.byteLength);
  return firstNameProblem(bytes) ?? firstValueProblem(bytes);
}

const firstAfter = (bytes: Buffer, from: number) =>
  bytes.findIndex((byte, at) => at >= from && !" \t\r\n".includes(String.fromCharCode(byte)));

function firstNameProblem(bytes: Buffer): string | undefined {
  const start = firstAfter(bytes, 0);
  const name = firstAfter(bytes, start + 1);
  const first = String.fromCharCode(bytes[name] ?? 0);
  if (String.fromCharCode(bytes[start] ?? 0) !== "{" || name < 0 || first === '"' || first === "}") return undefined;
  return `Unexpected character (${described(first)}): was expecting double-quote to start field name${at(name + 1)}`;
}

function firstValueProblem(payload: Buffer): string | undefined {
  const start = firstAfter(payload, 0);
  const first = String.fromCharCode(payload[start] ?? 0);
  if (start < 0 || /[[{"\d-]/.test(first)) return undefined;
  // Text that a name in Java may begin with is taken for a token.
  if (!/[A-Za-z_$]/.test(first))
    return `Unexpected character (${described(first)}): expected a valid value (${VALUES})${at(start + 1)}`;
  let end = start + 1;
  for (; end < payload.length; end += 1) {
    const byte = payload[end] ?? 0;
    if (isNoUtf8Start(byte)) return `Invalid UTF-8 start byte 0x${byte.toString(16)}${at(end + 2)}`;
    if (!/[\w$]/.test(String.fromCharCode(byte))) break;
  }
  const name = payload.toString("latin1", start, end);
  return TOKENS.has(name) ? undefined : `Unrecognized token '${name}': was expecting (${VALUES})${at(end + 1)}`;
}

/** Bytes that continue a character, and those that UTF-8 does not have. */
function isNoUtf8Start(byte: number): boolean {
  return (byte >= 0x80 && byte < 0xc0) || byte >= 0xf8;
}

function described(character: string): string {
  const code = character.charCodeAt(0);
  const isControl = code < 0x20 || (code >= 0x7f && code < 0xa0);
  return isControl ? `(CTRL-CHAR, code ${code})` : `'${character}' (code ${code})`;
}
