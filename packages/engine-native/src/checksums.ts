// Hashes of the libraries in a folder, in the format of `sha256sum`: loading a truncated or changed library would crash the process.
import { createHash } from "node:crypto";
import { open, readFile } from "node:fs/promises";
import { join } from "node:path";
import { FILE_MODE } from "./private-folder.js";

/** File name of the manifest, which `sha256sum --check` can read. */
export const CHECKSUMS = "SHA256SUMS";

const hashOf = async (file: string): Promise<string> =>
  createHash("sha256")
    .update(await readFile(file))
    .digest("hex");

/** Writes the manifest for the named files of a folder, and waits until all of them are on the disk. */
export const writeChecksums = async (folder: string, names: readonly string[]): Promise<void> => {
  const lines: string[] = [];
  for (const name of names) lines.push(`${await hashOf(join(folder, name))}  ${name}\n`);
  const manifest = await open(join(folder, CHECKSUMS), "w");
  try {
    await manifest.chmod(FILE_MODE);
    await manifest.writeFile(lines.join(""));
    await manifest.sync();
  } finally {
    await manifest.close();
  }
  for (const name of names) await flush(join(folder, name));
  await flush(folder);
};

/** Flushes a file, or a folder's list of entries, to the disk if the system supports that. */
export const flush = async (path: string): Promise<void> => {
  const handle = await open(path, "r").catch(() => undefined);
  // Windows cannot open folders, or flush a file that is open for reading.
  await handle?.sync().catch(() => {});
  await handle?.close();
};

/** Describes how a file differs from the manifest beside it; undefined if it does not. */
export const findDamage = async (folder: string, name: string): Promise<string | undefined> => {
  const file = join(folder, name);
  try {
    const manifest = await readFile(join(folder, CHECKSUMS), "utf8");
    const wanted = manifest.match(/^[0-9a-f]{64} {2}.+$/gm)?.find((line) => line.slice(66) === name);
    if (!wanted) return `${join(folder, CHECKSUMS)}: expected a line for ${name}, got none`;
    const got = await hashOf(file);
    if (got === wanted.slice(0, 64)) return undefined;
    return `${file}: expected SHA-256 ${wanted.slice(0, 12)}…, got ${got.slice(0, 12)}…`;
  } catch (error) {
    const { code, path = file } = error as NodeJS.ErrnoException;
    return `${path}: expected a file that can be read, got ${code}`;
  }
};
