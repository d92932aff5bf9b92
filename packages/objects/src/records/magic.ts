/** How an object begins that is no text: its bytes, from `at` on. */
interface Magic {
  readonly name: string;
  /** Bytes in hexadecimal; `..` is any byte. */
  readonly hex: string;
  readonly at?: number;
  /** Advice for such an object. */
  readonly hint?: string;
}

const DECOMPRESS = "decompress it first, or store it as gzip";
const EXPORT = "export its records as NDJSON or CSV first";

// From the documentation of each format. Those that are letters alone have a further byte that no text has there, or are
// long enough not to begin a text by chance.
const MAGICS: readonly Magic[] = [
  { name: "gzip data", hex: "1f8b", hint: "read it through gunzip(): name it .gz, or set its content encoding" },
  { name: "zstd data", hex: "28b52ffd", hint: DECOMPRESS },
  { name: "bzip2 data", hex: "425a68..314159265359", hint: DECOMPRESS },
  { name: "xz data", hex: "fd377a585a00", hint: DECOMPRESS },
  { name: "lz4 data", hex: "04224d18", hint: DECOMPRESS },
  { name: "framed snappy data", hex: "ff060000734e61507059", hint: DECOMPRESS },
  { name: "a 7z archive", hex: "377abcaf271c", hint: DECOMPRESS },
  { name: "an RAR archive", hex: "526172211a07", hint: DECOMPRESS },
  { name: "a tar archive", hex: "7573746172", at: 257, hint: "unpack it first" },
  { name: "an empty zip archive", hex: "504b0506", hint: "unpack it first" },
  { name: "a Parquet file", hex: "5041523115", hint: EXPORT },
  { name: "an encrypted Parquet file", hex: "50415245..", hint: EXPORT },
  { name: "an Avro file", hex: "4f626a01", hint: EXPORT },
  { name: "an ORC file", hex: "4f524303", hint: EXPORT },
  { name: "an Arrow file", hex: "4152524f57310000", hint: EXPORT },
  { name: "an SQLite database", hex: "53514c69746520666f726d6174203300", hint: EXPORT },
  { name: "an Office document of before 2007 (.xls, .doc)", hex: "d0cf11e0a1b11ae1", hint: EXPORT },
  { name: "an HDF5 file", hex: "894844460d0a1a0a", hint: EXPORT },
  { name: "a PDF document", hex: "255044462d" },
  { name: "a PNG image", hex: "89504e470d0a1a0a" },
  { name: "a JPEG image", hex: "ffd8ff" },
  { name: "a GIF image", hex: "474946383961" },
  { name: "a GIF image", hex: "474946383761" },
  { name: "a WebP image", hex: "52494646........57454250" },
  { name: "a TIFF image", hex: "49492a00" },
  { name: "a TIFF image", hex: "4d4d002a" },
  { name: "a program (ELF)", hex: "7f454c46" },
  { name: "a WebAssembly module", hex: "0061736d" },
];

/** The result of {@link binaryAt}. */
export interface Binary {
  /** With its article, as in `a Parquet file`. */
  readonly name: string;
  readonly hint: string;
}

/** The kind of an object that begins with these bytes, if it is known to be no text. */
export function binaryAt(head: Uint8Array): Binary | undefined {
  const zip = zipOf(head);
  if (zip !== undefined) return zip;
  const found = MAGICS.find(({ hex, at = 0 }) => matches(head, hex, at));
  return found && { name: found.name, hint: found.hint ?? "it holds no records" };
}

/** Workbooks and documents of Office are zip archives, which name their parts. */
function zipOf(head: Uint8Array): Binary | undefined {
  if (!matches(head, "504b0304", 0)) return undefined;
  const names = Buffer.from(head.buffer, head.byteOffset, head.length).toString("latin1");
  if (names.includes("[Content_Types].xml") || names.includes("xl/")) {
    return { name: "an Office workbook or document (.xlsx, .docx)", hint: EXPORT };
  }
  return { name: "a zip archive", hint: "unpack it first" };
}

function matches(head: Uint8Array, hex: string, at: number): boolean {
  if (head.length < at + hex.length / 2) return false;
  for (let i = 0; i < hex.length; i += 2) {
    const wanted = hex.slice(i, i + 2);
    if (wanted !== ".." && head[at + i / 2] !== Number.parseInt(wanted, 16)) return false;
  }
  return true;
}
