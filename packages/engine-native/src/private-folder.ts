// Checks that no other user of this machine could have put a file into a folder: a loaded library runs with this user's rights.
import { readFileSync, type Stats } from "node:fs";
import { chmod, lstat, mkdir, readFile, realpath, stat } from "node:fs/promises";
import { userInfo } from "node:os";
import { dirname, resolve } from "node:path";

/** Mode of folders: only the owner may read, write and enter. */
export const FOLDER_MODE = 0o700;
/** Mode of files: only the owner may read and write. */
export const FILE_MODE = 0o600;

const STICKY = 0o1000;
const GROUP_WRITES = 0o020;
const OTHERS_WRITE = 0o002;

/** The user id of this process; undefined on Windows, where access lists protect a user's folders. */
const currentUser = (): number | undefined => process.geteuid?.();

/**
 * The users who may own parent folders: this user and root. In a user namespace without root, as in a sandbox, the kernel reports
 * root's files as owned by the overflow user, who then counts as root.
 */
export const trustedOwners = (
  user: number,
  read = (file: string) => readFileSync(file, "utf8"),
): number[] => {
  try {
    const first = read("/proc/self/uid_map").trim().split(/\s+/);
    return first[0] === "0" ? [user, 0] : [user, 0, Number(read("/proc/sys/kernel/overflowuid"))];
  } catch {
    return [user, 0];
  }
};

/**
 * Creates a folder that only this user may enter, and missing parent folders.
 *
 * @returns its real path, without links, which no other user can replace
 * @throws Error that names the folder and its owner or the users who may write to it; the file system's error when it cannot be created
 */
export const openPrivateFolder = async (folder: string, user = currentUser()): Promise<string> => {
  const wanted = resolve(folder);
  const above = await existingFolder(wanted);
  const realAbove = await realpath(above);
  await checkPath(realAbove, user, above === wanted ? realAbove : undefined);
  // One by one: Node's own `recursive` never returns where a folder cannot be made though its parent exists, as below /proc.
  for (const path of between(above, wanted)) {
    await mkdir(path, { mode: FOLDER_MODE }).catch(async (error) => {
      // Another process may have made it meanwhile.
      if (!(await stat(path).catch(() => undefined))?.isDirectory()) throw error;
    });
    // A umask can only remove bits from the mode; new folders get the full mode here.
    await chmod(path, FOLDER_MODE);
  }
  const real = await realpath(wanted);
  await checkPath(real, user, real);
  await checkPrivate(real, "folder", user);
  // The folder is this user's, so this fails only on a read-only disk, which may still hold a library.
  if (((await stat(real)).mode & 0o777) !== FOLDER_MODE) await chmod(real, FOLDER_MODE).catch(() => {});
  return real;
};

/** @throws Error unless `path` is a file or folder of this user to which no other user may write */
export const checkPrivate = async (
  path: string,
  kind: "file" | "folder",
  user = currentUser(),
): Promise<void> => {
  const stats = await lstat(path);
  if (kind === "file" ? !stats.isFile() : !stats.isDirectory())
    throw new Error(`${path}: expected a ${kind}, got ${kindOf(stats)}`);
  if (user === undefined) return;
  if (stats.uid !== user) throw owned(path, stats);
  if (await othersMayWrite(stats)) throw writable(path, stats);
};

/** The folders below `above` on the way to `folder`, which is the last. */
const between = (above: string, folder: string): string[] =>
  folder === above ? [] : [...between(above, dirname(folder)), folder];

/** The folder itself, or the nearest existing parent. */
const existingFolder = async (folder: string): Promise<string> => {
  for (let path = folder; ; path = dirname(path)) {
    const stats = await stat(path).catch((error: NodeJS.ErrnoException) => {
      if (!/^(ENOENT|ENOTDIR)$/.test(error.code ?? "") || path === dirname(path)) throw error;
    });
    if (stats?.isDirectory()) return path;
    if (stats) throw new Error(`${path}: expected a folder, got ${kindOf(stats)}`);
  }
};

const kindOf = (stats: Stats): string => {
  if (stats.isSymbolicLink()) return "a link";
  if (stats.isDirectory()) return "a folder";
  return stats.isFile() ? "a file" : "a device or a pipe";
};

/**
 * Checks a folder and all its parents: a user who may write to one of them can replace the folders below it.
 *
 * @param last the folder that holds the files, for which the sticky bit is not sufficient
 */
const checkPath = async (from: string, user: number | undefined, last: string | undefined): Promise<void> => {
  if (user === undefined) return;
  const owners = trustedOwners(user);
  for (let path = from; ; path = dirname(path)) {
    const stats = await stat(path);
    if (!owners.includes(stats.uid)) throw owned(path, stats);
    // The sticky bit, as on /tmp: only their owners can rename and remove entries.
    const sticky = (stats.mode & STICKY) !== 0 && path !== last;
    if (!sticky && (await othersMayWrite(stats))) throw writable(path, stats);
    if (path === dirname(path)) return;
  }
};

const othersMayWrite = async ({ mode, uid, gid }: Stats): Promise<boolean> =>
  (mode & OTHERS_WRITE) !== 0 || ((mode & GROUP_WRITES) !== 0 && !(await isOwnGroup(uid, gid)));

/**
 * Whether a group has only one member: Fedora and others give each user a group of the same name with write permission.
 * Groups that are not in /etc/group are assumed to have several members.
 */
const isOwnGroup = async (uid: number, gid: number): Promise<boolean> => {
  const { username, uid: own } = userInfo();
  if (uid !== own) return false;
  const rows = async (file: string) =>
    (await readFile(file, "utf8").catch(() => "")).split("\n").map((line) => line.split(":"));
  const group = (await rows("/etc/group")).find(([, , id]) => id === String(gid));
  if (group?.[0] !== username) return false;
  const members = (group[3] ?? "").split(",").filter((name) => name && name !== username);
  const others = (await rows("/etc/passwd")).filter(
    ([name, , , id]) => id === String(gid) && name !== username,
  );
  return members.length === 0 && others.length === 0;
};

const owned = (path: string, { uid }: Stats) =>
  new Error(`${path}: expected to be its owner, got user ${uid}`);

const writable = (path: string, { mode }: Stats) =>
  new Error(
    `${path}: expected that no other user may write there, got mode ${(mode & 0o7777).toString(8).padStart(4, "0")}`,
  );
