import type { PassingObjects } from "../filter/page-filter.ts";
import { compareKeys } from "../listing/key-order.ts";
import type { ListedPage } from "../listing/listed-page.ts";
import { forEachPrefixRun } from "./prefix-runs.ts";
import { addToPrefix, fitPrefixes, mergePrefixes, type PrefixShape, type PrefixTotals } from "./prefix-totals.ts";
import { addToBin, type SizeBins, sizeBin } from "./size-bins.ts";

/** Objects of one storage class. */
export interface ClassTotal {
  readonly name: string;
  objects: number;
  bytes: number;
}

/** An object, and when it was last modified, as S3 writes it. */
export interface DatedObject {
  readonly key: string;
  readonly lastModified: string;
}

/** An object, and its bytes. */
export interface SizedObject {
  readonly key: string;
  readonly size: number;
}

/**
 * Totals of the objects counted so far: plain JSON, whose size does not grow with their number. Numbers of bytes are
 * exact up to 2^53, 9 petabytes.
 */
export interface ReportSummary {
  objects: number;
  bytes: number;
  readonly sizes: SizeBins;
  readonly classes: ClassTotal[];
  readonly prefixes: PrefixTotals;
  /** Of those that were modified at the same time, the one whose key sorts first. */
  oldest: DatedObject | null;
  newest: DatedObject | null;
  /** The largest first; of those of the same size, the one whose key sorts first. */
  largest: SizedObject[];
}

/** How many of the largest objects are named. */
const LARGEST = 10;

/** A summary of nothing, with totals by prefix to a depth. */
export function emptySummary(depth: number): ReportSummary {
  return {
    objects: 0,
    bytes: 0,
    sizes: { objects: [], bytes: [] },
    classes: [],
    prefixes: { depth, totals: {}, other: [0, 0] },
    oldest: null,
    newest: null,
    largest: [],
  };
}

/** Sums of the sizes before each of the objects of a page; used again for the next page. */
let bytesBefore = new Float64Array(1_025);

/** The columns of a page that are counted. */
export type CountedPage = Pick<ListedPage, "key" | "size" | "lastModified" | "storageClass">;

/** Counts the objects of a page. */
export function countPage(
  summary: ReportSummary,
  page: CountedPage,
  passing: PassingObjects,
  shape: PrefixShape,
): void {
  const { index, count } = passing;
  if (count === 0) return;
  if (bytesBefore.length <= count) bytesBefore = new Float64Array(2 * count);
  const before = bytesBefore;
  let bytes = 0;
  let least = summary.largest.length < LARGEST ? -1 : (summary.largest[LARGEST - 1] as SizedObject).size;
  for (let place = 0; place < count; place++) {
    const i = index[place] as number;
    const size = page.size(i);
    before[place] = bytes;
    bytes += size;
    addToBin(summary.sizes, sizeBin(size), 1, size);
    if (size >= least) least = addToLargest(summary.largest, page.key(i), size);
  }
  before[count] = bytes;
  summary.objects += count;
  summary.bytes += bytes;
  countClasses(summary.classes, page, passing);
  noteTimes(summary, page, passing);

  const { depth, totals } = summary.prefixes;
  const prefixesBefore = Object.keys(totals).length;
  const baseLength = shape.base.length;
  forEachPrefixRun(page, passing, { baseLength, depth }, (prefix, from, to) => {
    addToPrefix(summary.prefixes, prefix, to - from, (before[to] as number) - (before[from] as number));
  });
  if (Object.keys(totals).length > prefixesBefore) fitPrefixes(summary.prefixes, shape);
}

/** Adds another summary to this one; the other is not changed. */
export function mergeSummaries(into: ReportSummary, from: ReportSummary, shape: PrefixShape): void {
  into.objects += from.objects;
  into.bytes += from.bytes;
  from.sizes.objects.forEach((objects, bin) => {
    addToBin(into.sizes, bin, objects, from.sizes.bytes[bin] as number);
  });
  for (const { name, objects, bytes } of from.classes) addToClass(into.classes, name, objects, bytes);
  mergePrefixes(into.prefixes, from.prefixes, shape);
  if (from.oldest && isBefore(from.oldest, into.oldest, -1)) into.oldest = from.oldest;
  if (from.newest && isBefore(from.newest, into.newest, 1)) into.newest = from.newest;
  for (const { key, size } of from.largest) addToLargest(into.largest, key, size);
}

function countClasses(classes: ClassTotal[], page: CountedPage, { index, count }: PassingObjects): void {
  // Neighbours are mostly of one class.
  let total: ClassTotal | undefined;
  for (let place = 0; place < count; place++) {
    const i = index[place] as number;
    const name = page.storageClass(i);
    if (total?.name !== name) total = addToClass(classes, name, 0, 0);
    total.objects++;
    total.bytes += page.size(i);
  }
}

function addToClass(classes: ClassTotal[], name: string, objects: number, bytes: number): ClassTotal {
  let total = classes.find((known) => known.name === name);
  if (total === undefined) {
    total = { name, objects: 0, bytes: 0 };
    classes.push(total);
  }
  total.objects += objects;
  total.bytes += bytes;
  return total;
}

function noteTimes(summary: ReportSummary, page: CountedPage, { index, count }: PassingObjects): void {
  let [oldest, newest] = [index[0] as number, index[0] as number];
  let oldestTime = page.lastModified(oldest);
  let newestTime = oldestTime;
  for (let place = 1; place < count; place++) {
    const i = index[place] as number;
    const time = page.lastModified(i);
    // Keys are in order, so the first of those modified at the same time is the one to keep.
    if (time < oldestTime) [oldest, oldestTime] = [i, time];
    else if (time > newestTime) [newest, newestTime] = [i, time];
  }
  const old = { key: page.key(oldest), lastModified: oldestTime };
  const young = { key: page.key(newest), lastModified: newestTime };
  if (isBefore(old, summary.oldest, -1)) summary.oldest = old;
  if (isBefore(young, summary.newest, 1)) summary.newest = young;
}

/** @param direction -1: older goes before; 1: newer does. */
function isBefore(candidate: DatedObject, known: DatedObject | null, direction: -1 | 1): boolean {
  if (known === null) return true;
  if (candidate.lastModified === known.lastModified) return compareKeys(candidate.key, known.key) < 0;
  return candidate.lastModified < known.lastModified === (direction === -1);
}

/** @returns the least size that would still be noted. */
function addToLargest(largest: SizedObject[], key: string, size: number): number {
  let place = largest.length;
  while (place > 0) {
    const above = largest[place - 1] as SizedObject;
    if (above.size > size || (above.size === size && compareKeys(above.key, key) < 0)) break;
    place--;
  }
  if (place < LARGEST) {
    largest.splice(place, 0, { key, size });
    if (largest.length > LARGEST) largest.pop();
  }
  return largest.length < LARGEST ? -1 : (largest[LARGEST - 1] as SizedObject).size;
}
