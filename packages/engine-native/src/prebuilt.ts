// The kernels as an optional package has them, built for this platform.
import { existsSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { findDamage } from "./checksums.js";
import { hashSources, libraryName } from "./compile.js";
import type { Isa } from "./isa.js";

/** The folder of the package for this platform, if it is installed. */
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
 * The library for an instruction set, if the package is there and was built from these very sources: packages of two versions may meet
 * in one installation, and in the workspace the sources change.
 *
 * @param onWarning told when the library is not the one that was built, as after an installation that was cut short
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
