// Names of files and folders that are being written. A process that is killed leaves them behind; the next writer removes them.
import { randomBytes } from "node:crypto";
import { access, readdir, rename, rm } from "node:fs/promises";
import { basename, dirname, join } from "node:path";

/** New names beside `path`: `.<name>.<8 digits>.tmp`, and `.<name>.<8 digits>.old.tmp` for the previous content of `path`. */
export const temporaryBeside = (path: string): { fresh: string; old: string } => {
  const stem = join(dirname(path), `.${basename(path)}.${randomBytes(4).toString("hex")}`);
  return { fresh: `${stem}.tmp`, old: `${stem}.old.tmp` };
};

const pattern = /^\.(.+)\.[0-9a-f]{8}(\.old)?\.tmp$/;

/** The original name behind a temporary one, also for a temporary folder that was itself being replaced. */
const innermost = (name: string): string => {
  const [, target] = pattern.exec(name) ?? [];
  return target === undefined ? name : innermost(target);
};

/** Temporary files that killed writers left in a folder; with `name`, only those for that file or folder. */
const temporariesIn = async (folder: string, name?: string) => {
  const names = await readdir(folder).catch(() => []);
  return names.flatMap((entry) => {
    const [, target, old] = pattern.exec(entry) ?? [];
    if (target === undefined || (name !== undefined && name !== innermost(target))) return [];
    return { path: join(folder, entry), target: join(folder, target), old: old !== undefined };
  });
};

/**
 * Restores a folder that its writer had renamed when it was killed. Does nothing when `path` exists.
 */
export const restoreMovedAside = async (path: string): Promise<void> => {
  if (await exists(path)) return;
  const aside = (await temporariesIn(dirname(path), basename(path))).find(
    ({ old, target }) => old && target === path,
  );
  // Fails if another process does the same, or if the folder is read-only; both are harmless.
  if (aside) await rename(aside.path, path).catch(() => {});
};

/** Removes temporary files that killed writers left in a folder; with `name`, only those for that file or folder. */
export const removeTemporaries = async (folder: string, name?: string): Promise<void> => {
  for (const { path, target, old } of await temporariesIn(folder, name)) {
    if (old) await restoreMovedAside(target);
    await rm(path, { recursive: true, force: true });
  }
};

const exists = (path: string) =>
  access(path).then(
    () => true,
    () => false,
  );
