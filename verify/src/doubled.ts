/** The same words in an array of twice the length. */
export function doubled(array: Uint32Array): Uint32Array {
  const twice = new Uint32Array(array.length * 2);
  twice.set(array);
  return twice;
}
