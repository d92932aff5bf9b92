/** A record with its names in order, so that equal ones look equal. */
export function sorted<Value>(record: Readonly<Record<string, Value>>): Record<string, Value> {
  return Object.fromEntries(Object.entries(record).sort(([one], [other]) => (one < other ? -1 : 1)));
}

/** Items whose order means nothing, so that equal lists look equal. Items are plain JSON. */
export function inAnyOrder<Item>(items: readonly Item[]): readonly Item[] {
  if (items.length < 2) return items;
  const texts = items.map((item) => ({ item, text: JSON.stringify(item) }));
  return texts.sort((one, other) => (one.text < other.text ? -1 : 1)).map(({ item }) => item);
}
