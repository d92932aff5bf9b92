/** The names that a project gets. */
export interface ProjectNames {
  readonly packageName: string;
  /** The range of versions that it asks of Longhaul's packages. */
  readonly longhaulRange: string;
}

interface Manifest {
  readonly [field: string]: unknown;
  readonly scripts?: Readonly<Record<string, string>>;
  readonly dependencies?: Readonly<Record<string, string>>;
  readonly devDependencies?: Readonly<Record<string, string>>;
}

/** Makes a project's `package.json` from its template's: its own name, and versions of Longhaul that a registry has. */
export function projectManifest(text: string, { packageName, longhaulRange }: ProjectNames): string {
  // The licence is that of the template, not of what the user makes of it.
  const { name: _name, license: _license, version: _version, ...rest }: Manifest = JSON.parse(text);
  const published = (names: Readonly<Record<string, string>> = {}) =>
    Object.fromEntries(
      Object.entries(names).map(([name, range]) => [name, isLonghaul(name) ? longhaulRange : range] as const),
    );
  const manifest: Manifest = {
    name: packageName,
    version: "0.1.0",
    ...rest,
    dependencies: published(rest.dependencies),
    devDependencies: published(rest.devDependencies),
  };
  return `${JSON.stringify(manifest, null, 2)}\n`;
}

/** The names of packages that a manifest depends on. */
export function dependenciesOf(text: string): ReadonlySet<string> {
  const { dependencies, devDependencies }: Manifest = JSON.parse(text);
  return new Set(Object.keys({ ...dependencies, ...devDependencies }));
}

function isLonghaul(name: string): boolean {
  return name === "longhaul" || name.startsWith("@longhaul/");
}
