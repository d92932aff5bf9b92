/** Objects and bytes below a prefix. */
export interface PrefixTotal {
  readonly prefix: string;
  readonly objects: number;
  readonly bytes: number;
}

/** A prefix with its totals and the prefixes below it, the largest first. */
export interface PrefixNode {
  /** The whole prefix. */
  readonly prefix: string;
  /** Its last segment; of the root, the whole. */
  readonly name: string;
  /** All objects that begin with the prefix. */
  readonly objects: number;
  readonly bytes: number;
  readonly children: readonly PrefixNode[];
}

interface GrowingNode {
  readonly prefix: string;
  readonly name: string;
  objects: number;
  bytes: number;
  readonly children: Map<string, GrowingNode>;
}

/**
 * Makes a tree of totals that do not overlap: each counts only the objects that no longer prefix of the list counts.
 *
 * @param base - Prefix of all of them, up to a slash: the tree's root.
 */
export function prefixTree(totals: readonly PrefixTotal[], base: string): PrefixNode {
  const root = newNode(base, base);
  for (const { prefix, objects, bytes } of totals) {
    let node = root;
    add(node, objects, bytes);
    for (let start = base.length; start < prefix.length; ) {
      const end = prefix.indexOf("/", start) + 1 || prefix.length;
      const name = prefix.slice(start, end);
      const child = node.children.get(name) ?? newNode(prefix.slice(0, end), name);
      node.children.set(name, child);
      add(child, objects, bytes);
      node = child;
      start = end;
    }
  }
  return settled(root);
}

function newNode(prefix: string, name: string): GrowingNode {
  return { prefix, name, objects: 0, bytes: 0, children: new Map() };
}

function add(node: GrowingNode, objects: number, bytes: number): void {
  node.objects += objects;
  node.bytes += bytes;
}

function settled({ children, ...node }: GrowingNode): PrefixNode {
  const sorted = [...children.values()].sort((a, b) => b.bytes - a.bytes || (a.name < b.name ? -1 : 1));
  return { ...node, children: sorted.map(settled) };
}
