// Builds the kernels for the current platform into the folder of its platform package.
import { copyFile, readFile, rename, rm, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { cacheFolder, openCache } from "../src/cache-folder.js";
import { writeChecksums } from "../src/checksums.js";
import { compile, hashSources, libraryName } from "../src/compile.js";
import type { Isa } from "../src/isa.js";

const sources = fileURLToPath(new URL("../native/", import.meta.url));

/** Newest minor version of glibc that a build may need, as the README of linux-x64 says. From 2.34 on, threads are part of libc itself. */
const NEWEST_GLIBC = 34;

// The C++ runtime is linked statically and hidden, because Node's own in the process may be older. Unused parts are removed, because some
// need a newer glibc. libgcc_s is linked dynamically for the same reason; every system on which Node for glibc runs has it.
const LINK = ["-static-libstdc++", "-Wl,--exclude-libs,ALL", "-Wl,-s", "-Wl,--gc-sections"];

/** The minor version of the newest glibc that a library needs, read from its string table. */
export const neededGlibc = (library: Buffer): number =>
  Math.max(
    0,
    ...[...library.toString("latin1").matchAll(/GLIBC_2\.(\d+)/g)].map((match) => Number(match[1])),
  );

/** Fills `folder` with a library for each of `isas`, their hashes, and the hash of the sources. */
export const buildPlatform = async (folder: string, isas: readonly Isa[]): Promise<void> => {
  const mark = join(folder, "sources.sha256");
  await rm(mark, { force: true }); // until all are there, none is used
  const cache = await openCache(await cacheFolder(), console.warn);
  for (const isa of isas) {
    const link = process.platform === "linux" ? LINK : [];
    const library = await compile({ sources, isa, cache: cache.folder, link });
    const glibc = neededGlibc(await readFile(library));
    if (glibc > NEWEST_GLIBC)
      throw new Error(
        `prebuilt: expected ${libraryName(isa)} to need glibc 2.${NEWEST_GLIBC} at most, got 2.${glibc}; ` +
          "find the function with objdump -T, or build on an older system",
      );
    // Renamed into place, because a running process may have mapped the old file.
    const file = join(folder, libraryName(isa));
    await copyFile(library, `${file}.new`);
    await rename(`${file}.new`, file);
    const size = Math.ceil((await stat(file)).size / 1024);
    console.log(`${libraryName(isa)}: ${size} KiB${glibc ? `, needs glibc 2.${glibc}` : ""}`);
  }
  await cache.close();
  await writeChecksums(folder, isas.map(libraryName));
  await writeFile(mark, `${await hashSources(sources)}\n`);
};
