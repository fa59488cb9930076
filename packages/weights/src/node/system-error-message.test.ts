import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { mkdir, open, rename } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { systemErrorMessage } from "./system-error-message.js";

const refused = (code: string) =>
  Object.assign(new Error(`${code}: something, open '/a'`), { code, path: "/a" });

test.each([
  ["EROFS", "a read-only file system at /a (EROFS); choose a folder on another one"],
  [
    "EACCES",
    "no permission at /a (EACCES); give this user the right to write there, or choose another folder",
  ],
  ["ENOSPC", "a full disk at /a (ENOSPC); make room"],
])("%s is explained in words, with a fix", (code, expected) => {
  expect(systemErrorMessage(refused(code))).toBe(expected);
});

test("the errors of real files are explained in words", async () => {
  const folder = mkdtempSync(join(tmpdir(), "words-"));
  writeFileSync(join(folder, "file"), "");
  const words = (call: Promise<unknown>) => call.then(() => "", systemErrorMessage);
  expect(await words(mkdir(join(folder, "file", "below")))).toMatch(
    /^a file where a folder should be at .*below/,
  );
  expect(await words(open(join(folder, "none")))).toMatch(/^a file or folder that is not there at .*none/);
  await mkdir(join(folder, "folder", "full"), { recursive: true });
  // The place that is taken is named, not the file that was to take it.
  expect(await words(rename(join(folder, "file"), join(folder, "folder")))).toContain(join(folder, "folder"));
  rmSync(folder, { recursive: true });
});

test("an error of another kind keeps its message", () => {
  expect(systemErrorMessage(new TypeError("no"))).toBe("no");
  expect(systemErrorMessage("text")).toBe("text");
});
