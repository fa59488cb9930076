// Builds the kernels for the platform it runs on, each instruction set, into the package that is published for it.
import { copyFile, mkdtemp, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { compile, hashSources, libraryName } from "../src/compile.js";
import { isas } from "../src/isa.js";

const platform = `${process.platform}-${process.arch}`;
const folder = fileURLToPath(new URL(`../platforms/${platform}/`, import.meta.url));
const sources = fileURLToPath(new URL("../native/", import.meta.url));
if (!(await stat(folder).catch(() => undefined)))
  throw new Error(
    `prebuild: expected platforms/${platform}, which is not there; make its package.json first`,
  );

const cache = await mkdtemp(join(tmpdir(), "mlpconv-prebuild-"));
try {
  for (const isa of process.arch === "x64" ? isas : (["baseline"] as const)) {
    // A machine without a compiler may have no C++ runtime library either.
    const link = process.platform === "linux" ? ["-static-libstdc++", "-static-libgcc", "-Wl,-s"] : [];
    const library = await compile({ sources, isa, cache, link });
    await copyFile(library, join(folder, libraryName(isa)));
    console.log(`${libraryName(isa)}: ${Math.ceil((await stat(library)).size / 1024)} KiB`);
  }
  await writeFile(join(folder, "sources.sha256"), `${await hashSources(sources)}\n`);
} finally {
  await rm(cache, { recursive: true });
}
