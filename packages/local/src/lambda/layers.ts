import { cp, mkdir } from "node:fs/promises";
import { invalidParameter } from "./lambda-error.ts";

/** Layers that stacks have made: directories by the ARNs of their versions. */
export interface Layers {
  /** Makes the next version of a layer. @returns its ARN. */
  publish(name: string, directory: string): string;
  /** A version that is not there is no error. */
  remove(arn: string): void;
  /**
   * Copies the layers into one directory, each over those before it, as Lambda puts them together in `/opt`.
   *
   * @throws LambdaError for an ARN that no stack has made.
   */
  merge(arns: readonly string[], directory: string): Promise<void>;
}

/** Creates the layers of a region. */
export function createLayers({ region, accountId }: { readonly region: string; readonly accountId: string }): Layers {
  const directories = new Map<string, string>();
  const versions = new Map<string, number>();
  return {
    publish(name, directory) {
      const version = (versions.get(name) ?? 0) + 1;
      versions.set(name, version);
      const arn = `arn:aws:lambda:${region}:${accountId}:layer:${name}:${version}`;
      directories.set(arn, directory);
      return arn;
    },
    remove: (arn) => void directories.delete(arn),
    async merge(arns, directory) {
      await mkdir(directory, { recursive: true });
      for (const arn of arns) {
        const from = directories.get(arn);
        if (from === undefined) throw invalidParameter(missingLayer(arn));
        await cp(from, directory, { recursive: true, dereference: true });
      }
    },
  };
}

/** Says what to do about a layer that is not to be had here. */
export function missingLayer(arn: string): string {
  return `No stack here has made the layer ${arn}. Put its content into a folder, and name that in an AWS::Lambda::LayerVersion.`;
}
