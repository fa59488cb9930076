// Whether another user of this machine could have put a file into a folder: a library that is loaded runs with this user's rights.
import { readFileSync, type Stats } from "node:fs";
import { chmod, lstat, mkdir, readFile, realpath, stat } from "node:fs/promises";
import { userInfo } from "node:os";
import { dirname, resolve } from "node:path";

/** Read, write and enter for the owner alone. */
export const FOLDER_MODE = 0o700;
/** Read and write for the owner alone. */
export const FILE_MODE = 0o600;

const STICKY = 0o1000;
const GROUP_WRITES = 0o020;
const OTHERS_WRITE = 0o002;

/** The user id of this process; undefined on Windows, where a profile's folders are closed to other users by access lists. */
const currentUser = (): number | undefined => process.geteuid?.();

/**
 * The users whose folders may lie above: this one and root. In a user namespace that root is not part of, as in a sandbox, the kernel shows
 * root's files as those of an overflow user; then that one counts as root.
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
 * Makes a folder that this user alone may enter, with the folders above it that are missing.
 *
 * @returns its real path, free of links, which no other user can replace by another folder
 * @throws Error that names the folder and says who owns it or may write there; what the file system throws when it cannot be made
 */
export const openPrivateFolder = async (folder: string, user = currentUser()): Promise<string> => {
  const wanted = resolve(folder);
  const above = await existingFolder(wanted);
  const realAbove = await realpath(above);
  await checkPath(realAbove, user, above === wanted ? realAbove : undefined);
  await mkdir(wanted, { recursive: true, mode: FOLDER_MODE });
  // A umask can only take away from the mode; what was just made gets it in full.
  for (let made = wanted; made !== above; made = dirname(made)) await chmod(made, FOLDER_MODE);
  const real = await realpath(wanted);
  await checkPath(real, user, real);
  await checkPrivate(real, "folder", user);
  // Ours, so this fails on a read-only disk alone, which may still hold a library.
  if (((await stat(real)).mode & 0o777) !== FOLDER_MODE) await chmod(real, FOLDER_MODE).catch(() => {});
  return real;
};

/** @throws Error unless `path` is a file or folder that belongs to this user and that no other user may write */
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

/** The folder itself or the nearest one above it that is there. */
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
 * Checks a folder and each one above it: who may write one of them can put another folder in the place of what is below.
 *
 * @param last the folder that holds the files themselves, where the sticky bit does not help
 */
const checkPath = async (from: string, user: number | undefined, last: string | undefined): Promise<void> => {
  if (user === undefined) return;
  const owners = trustedOwners(user);
  for (let path = from; ; path = dirname(path)) {
    const stats = await stat(path);
    if (!owners.includes(stats.uid)) throw owned(path, stats);
    // The sticky bit, as on /tmp: entries can be renamed and removed by their owners alone.
    const sticky = (stats.mode & STICKY) !== 0 && path !== last;
    if (!sticky && (await othersMayWrite(stats))) throw writable(path, stats);
    if (path === dirname(path)) return;
  }
};

const othersMayWrite = async ({ mode, uid, gid }: Stats): Promise<boolean> =>
  (mode & OTHERS_WRITE) !== 0 || ((mode & GROUP_WRITES) !== 0 && !(await isOwnGroup(uid, gid)));

/**
 * Whether a group has one member: Fedora and others give each user a group of the same name, and let it write what the user makes.
 * Groups that are not in /etc/group are taken to have more members.
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
