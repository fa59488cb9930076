// The packages of this repository that are published.
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";

export interface PublicPackage {
  name: string;
  /** Path from the repository's root. */
  folder: string;
  /** It holds JavaScript, and not only what another package loads. */
  hasCode: boolean;
  /** It is imported, and not only run. */
  isLibrary: boolean;
}

const parents = ["packages", "packages/engine-native/platforms", "apps"];

export const publicPackages = (root = "."): PublicPackage[] =>
  parents.flatMap((parent) =>
    readdirSync(join(root, parent)).flatMap((entry) => {
      const folder = `${parent}/${entry}`;
      const file = join(root, folder, "package.json");
      if (!existsSync(file)) return [];
      const manifest = JSON.parse(readFileSync(file, "utf8"));
      const isLibrary = Object.hasOwn(manifest.exports ?? {}, ".");
      return manifest.private
        ? []
        : [{ name: manifest.name, folder, isLibrary, hasCode: isLibrary || Object.hasOwn(manifest, "bin") }];
    }),
  );
