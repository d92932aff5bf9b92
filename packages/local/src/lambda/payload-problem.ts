/** The location that the parser of AWS names, with the source left out. */
const at = (column: number) =>
  `\n at [Source: REDACTED (\`StreamReadFeature.INCLUDE_SOURCE_IN_LOCATION\` disabled); line: 1, column: ${column}]`;
const VALUES = "JSON String, Number, Array, Object or token 'null', 'true' or 'false'";
const TOKENS = ["null", "true", "false"];

/**
 * Says why the payload of an invocation is no JSON, in the words of AWS, whose parser is Jackson. It looks at the first
 * value, which is where text that is no JSON at all goes wrong.
 *
 * @param otherwise - the reason, if the fault is further inside.
 */
export function payloadProblem(payload: Buffer, otherwise: string): string {
  return `Could not parse payload into json: ${firstValueProblem(payload) ?? otherwise}`;
}

function firstValueProblem(payload: Buffer): string | undefined {
  const start = payload.findIndex((byte) => !" \t\r\n".includes(String.fromCharCode(byte)));
  const first = String.fromCharCode(payload[start] ?? 0);
  if (start < 0 || /[[{"\d-]/.test(first)) return undefined;
  const token = TOKENS.find((each) => each.startsWith(first));
  if (token === undefined)
    return `Unexpected character (${described(first)}): expected a valid value (${VALUES})${at(start + 1)}`;
  let end = start + 1;
  for (; end < payload.length; end += 1) {
    const byte = payload[end] ?? 0;
    if (isNoUtf8Start(byte)) return `Invalid UTF-8 start byte 0x${byte.toString(16)}${at(end + 2)}`;
    if (!/[\w$]/.test(String.fromCharCode(byte))) break;
  }
  const name = payload.toString("latin1", start, end);
  return name === token ? undefined : `Unrecognized token '${name}': was expecting (${VALUES})${at(end + 1)}`;
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
