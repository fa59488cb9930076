// The hash of a file's content.
import { createHash } from "node:crypto";
import { constants } from "node:fs";
import { open } from "node:fs/promises";
import { codeOf } from "./list-files.js";

/** SHA-256 of a file's bytes in hexadecimal, or why it has none; `missing` if there is no such file. */
export const hashFile = async (
  path: string,
  mostBytes: number,
): Promise<{ sha256: string } | { problem: string; missing?: true }> => {
  try {
    // Opening a pipe without a writer would block otherwise.
    const file = await open(path, constants.O_RDONLY | (constants.O_NONBLOCK ?? 0));
    try {
      const found = await file.stat();
      if (!found.isFile()) return { problem: "something that is no file" };
      if (found.size === 0) return { problem: "an empty file" };
      if (found.size > mostBytes) return { problem: `${found.size} bytes, more than ${mostBytes}` };
      return {
        sha256: createHash("sha256")
          .update(await file.readFile())
          .digest("hex"),
      };
    } finally {
      await file.close();
    }
  } catch (error) {
    const code = codeOf(error);
    return { problem: `cannot be read (${code})`, ...(code === "ENOENT" && { missing: true }) };
  }
};
