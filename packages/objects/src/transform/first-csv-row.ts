const QUOTE = 0x22;
const LINE_FEED = 0x0a;
const CARRIAGE_RETURN = 0x0d;

/**
 * The first row of CSV text, without its line end. A line end within quotes belongs to the row.
 *
 * @param bytes - the beginning of the text.
 * @param isWhole - whether they are the whole text, which may end without a line end.
 * @returns `undefined` if the row does not end in what is there.
 */
export function firstCsvRow(bytes: Uint8Array, isWhole: boolean): Uint8Array | undefined {
  let isQuoted = false;
  const end = bytes.findIndex((byte) => {
    if (byte === QUOTE) isQuoted = !isQuoted;
    return !isQuoted && (byte === LINE_FEED || byte === CARRIAGE_RETURN);
  });
  if (end >= 0) return bytes.subarray(0, end);
  return isWhole ? bytes : undefined;
}
