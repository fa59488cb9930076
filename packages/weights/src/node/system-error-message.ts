// Messages for errors of system calls, with what to do about them.

const words: Readonly<Record<string, string>> = {
  EACCES: "no permission; give this user the right to write there, or choose another folder",
  EPERM: "no permission; give this user the right to write there, or choose another folder",
  EROFS: "a read-only file system; choose a folder on another one",
  ENOSPC: "a full disk; make room",
  EDQUOT: "a full disk quota; make room",
  EFBIG: "a limit on the size of files; raise it, or choose another file system",
  ENOENT: "a file or folder that is not there; it may have been removed meanwhile",
  ENOTDIR: "a file where a folder should be; choose another name or move that file",
  EISDIR: "a folder where a file should be; choose another name or move that folder",
  EEXIST: "a file or folder that is there already; choose another name or remove it",
  ENOTEMPTY: "a folder that is not empty; choose another name or remove it",
  ELOOP: "links that lead to each other; name the folder itself",
  ENAMETOOLONG: "a name that is too long; choose a shorter one",
  EMFILE: "too many open files; close other programs or raise the limit (ulimit -n)",
  ENFILE: "too many open files; close other programs",
  EBUSY: "a file that another program holds; close that program",
  EIO: "a device that fails to read or write; check the disk",
  ESTALE: "a network drive that has lost the file; mount it again",
};

/** Message for a failed system call: ours for known codes, with the path if the error has one; otherwise the error's own. */
export const systemErrorMessage = (error: unknown): string => {
  if (!(error instanceof Error)) return String(error);
  const { code, path, dest = path } = error as NodeJS.ErrnoException & { dest?: string };
  const known = code === undefined ? undefined : words[code];
  if (known === undefined) return error.message;
  const [problem, fix] = known.split("; ") as [string, string];
  return `${problem}${dest === undefined ? "" : ` at ${dest}`} (${code}); ${fix}`;
};
