// Lists the files below a folder, in the same order on every system; the folder may hold anything.
import { readdir, realpath, stat } from "node:fs/promises";
import { join, sep } from "node:path";

/** What a folder holds. */
export interface Entry {
  /** Its name as the system has it. */
  name: string;
  /** The name in Unicode's composed form (NFC), which is the same on every system. */
  key: string;
  kind: "file" | "folder" | "other";
  /** Why it cannot be used: of kind `other` alone. */
  problem?: string;
}

/** By code units, which depends on no language. */
export const byKey = (a: { key: string }, b: { key: string }): number =>
  a.key < b.key ? -1 : a.key > b.key ? 1 : 0;

/** Files that systems and programs leave in folders, which are not pictures. */
const isHidden = (name: string): boolean =>
  name.startsWith(".") || /^(Thumbs\.db|desktop\.ini|__MACOSX)$/i.test(name);

export const codeOf = (error: unknown): string =>
  error instanceof Error && "code" in error ? String(error.code) : String(error);

/** The entries of a folder in the order of their keys, hidden ones left out; links are what they lead to. */
export const entriesOf = async (folder: string): Promise<Entry[]> => {
  const names = (await readdir(folder)).filter((name) => !isHidden(name));
  const entries: Entry[] = [];
  for (const name of names)
    entries.push({ name, key: name.normalize("NFC"), ...(await kindOf(join(folder, name))) });
  // Two names may have one key: then by the names themselves.
  return entries.sort((a, b) => byKey(a, b) || byKey({ key: a.name }, { key: b.name }));
};

const kindOf = async (path: string): Promise<Pick<Entry, "kind" | "problem">> => {
  try {
    const found = await stat(path);
    if (found.isFile()) return { kind: "file" };
    if (found.isDirectory()) return { kind: "folder" };
    return { kind: "other", problem: "something that is no file (a pipe, a socket or a device)" };
  } catch (error) {
    const code = codeOf(error);
    const words: Record<string, string> = {
      ENOENT: "a link that leads nowhere, or a name that is not UTF-8",
      ELOOP: "links that lead to each other",
    };
    return { kind: "other", problem: words[code] ?? `cannot be read (${code})` };
  }
};

/** A file below a folder. */
export interface FoundFile {
  /** Where it is. */
  path: string;
  /** Its path from the folder, NFC, with `/` on every system. */
  key: string;
  /** Why it cannot be a picture; absent for plain files. */
  problem?: string;
}

/**
 * All files below a folder, those in its folders too, in the order of their keys. A folder that was reached before, by a link, is not read again.
 *
 * @param onFile called with the number of files found so far
 */
export const filesBelow = async (
  folder: string,
  { signal, onFile }: { signal?: AbortSignal | undefined; onFile?: () => void } = {},
): Promise<FoundFile[]> => {
  const seen = new Set<string>();
  const files: FoundFile[] = [];
  // A list instead of recursion: folders may be nested by thousands.
  const open: { path: string; key: string; within?: string }[] = [{ path: folder, key: "" }];
  for (let next = open.pop(); next; next = open.pop()) {
    signal?.throwIfAborted();
    const { path, key, within } = next;
    let real: string;
    const below = (entry: Entry) => ({
      path: join(path, entry.name),
      key: key === "" ? entry.key : `${key}/${entry.key}`,
    });
    let entries: Entry[];
    try {
      real = await realpath(path);
      const circle = within?.startsWith(join(real, sep)) || within === real;
      if (circle || seen.has(real)) {
        const problem = circle ? "a link to a folder above it" : "a link to a folder that is read already";
        files.push({ path, key, problem });
        continue;
      }
      seen.add(real);
      entries = await entriesOf(path);
    } catch (error) {
      files.push({ path, key, problem: `a folder that cannot be read (${codeOf(error)})` });
      continue;
    }
    for (const entry of entries.toReversed())
      if (entry.kind === "folder") open.push({ ...below(entry), within: real });
    for (const entry of entries) {
      if (entry.kind === "folder") continue;
      files.push({ ...below(entry), ...(entry.problem !== undefined && { problem: entry.problem }) });
      onFile?.();
    }
  }
  return files.sort((a, b) => byKey(a, b) || byKey({ key: a.path }, { key: b.path }));
};
