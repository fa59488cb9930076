// The kernels as an optional package has them, built for this platform.
import { existsSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
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

/**
 * The library for an instruction set, if the package is there and was built from these very sources: packages of two versions may meet
 * in one installation, and in the workspace the sources change.
 */
export const findPrebuilt = async (
  isa: Isa,
  sources: string,
  folder = packageFolder(),
): Promise<string | undefined> => {
  if (!folder) return undefined;
  const library = join(folder, libraryName(isa));
  const builtFrom = join(folder, "sources.sha256");
  if (!existsSync(library) || !existsSync(builtFrom)) return undefined;
  const same = (await readFile(builtFrom, "utf8")).trim() === (await hashSources(sources));
  return same ? library : undefined;
};
