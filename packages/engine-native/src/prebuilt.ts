// Finds kernels in the optional package with prebuilt libraries for this platform.
import { existsSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { findDamage } from "./checksums.js";
import { hashSources, libraryName } from "./compile.js";
import type { Isa } from "./isa.js";

/** The folder of this platform's package, if installed. */
const packageFolder = (): string | undefined => {
  const name = `@mlpconv/engine-native-${process.platform}-${process.arch}`;
  try {
    return dirname(createRequire(import.meta.url).resolve(`${name}/package.json`));
  } catch {
    return undefined;
  }
};

export interface PrebuiltOptions {
  folder?: string | undefined;
  onWarning?: (message: string) => void;
}

/**
 * The library for an instruction set, if the package is installed and was built from the same sources: packages of two versions may be
 * installed together, and in this repository the sources change.
 *
 * @param onWarning called when the library differs from the built one, for example after an interrupted installation
 */
export const findPrebuilt = async (
  isa: Isa,
  sources: string,
  { folder = packageFolder(), onWarning }: PrebuiltOptions = {},
): Promise<string | undefined> => {
  if (!folder) return undefined;
  const library = join(folder, libraryName(isa));
  const builtFrom = join(folder, "sources.sha256");
  if (!existsSync(library) || !existsSync(builtFrom)) return undefined;
  if ((await readFile(builtFrom, "utf8")).trim() !== (await hashSources(sources))) return undefined;
  const damage = await findDamage(folder, libraryName(isa));
  if (damage) onWarning?.(`${damage}; install the package again`);
  return damage ? undefined : library;
};
