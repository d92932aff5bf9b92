/** Whether a type is one of those to be left out; a name may end in `*`. */
export function skips(names: readonly string[]): (type: string) => boolean {
  return (type) => names.some((name) => isNamed(name, type));
}

/** The first name that is of no resource: a mistake, or not needed any more. */
export function idleSkips(names: readonly string[], types: readonly string[]): string | undefined {
  return names.find((name) => !types.some((type) => isNamed(name, type)));
}

function isNamed(name: string, type: string): boolean {
  return name.endsWith("*") ? type.startsWith(name.slice(0, -1)) : type === name;
}
