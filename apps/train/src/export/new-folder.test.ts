import { mkdir, mkdtemp, readdir, rm, stat, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, it } from "vitest";
import { checkFolderIsNew, writeFolder } from "./new-folder.js";

let parent: string;
beforeEach(async () => {
  parent = await mkdtemp(join(tmpdir(), "folders-"));
});
afterEach(() => rm(parent, { recursive: true }));

it("writes a folder, its parents too, or takes the place of an empty one", async () => {
  for (const folder of [join(parent, "a", "b"), join(parent, "empty")]) {
    if (folder.endsWith("empty")) await mkdir(folder);
    await checkFolderIsNew("export", folder);
    await writeFolder(folder, (fresh) => writeFile(join(fresh, "file"), "1"));
    expect(await readdir(folder)).toEqual(["file"]);
    // The folder has the mode of one made by mkdir.
    await mkdir(join(parent, "by-hand"), { recursive: true });
    expect((await stat(folder)).mode).toBe((await stat(join(parent, "by-hand"))).mode);
  }
  expect((await readdir(parent)).sort()).toEqual(["a", "by-hand", "empty"]);
});

it("leaves nothing when writing fails", async () => {
  const folder = join(parent, "new");
  const write = writeFolder(folder, async (fresh) => {
    await writeFile(join(fresh, "half"), "1");
    throw new Error("disk full");
  });
  await expect(write).rejects.toThrow("disk full");
  expect(await readdir(parent)).toEqual([]);
});

it("refuses a folder that holds something, also when that came meanwhile", async () => {
  const folder = join(parent, "old");
  await mkdir(folder);
  await writeFile(join(folder, "precious"), "1");
  await expect(checkFolderIsNew("export", folder)).rejects.toThrow(
    `export: expected ${folder} to be new or empty, got a folder with 1 entries; choose another name or remove it`,
  );
  await expect(writeFolder(folder, async () => {})).rejects.toThrow();
  expect(await readdir(folder)).toEqual(["precious"]);
  expect(await readdir(parent)).toEqual(["old"]);
});

it.skipIf(process.platform === "win32")("refuses a link, to a folder or to nothing", async () => {
  await mkdir(join(parent, "folder"));
  for (const [name, to] of [
    ["link", "folder"],
    ["broken", "nothing"],
  ] as const) {
    await symlink(join(parent, to), join(parent, name));
    for (const typed of [name, `${name}/`])
      await expect(checkFolderIsNew("export", join(parent, typed))).rejects.toThrow(
        /to be a new folder, got a link; name the folder that it leads to/,
      );
  }
});

it("removes what a killed export to the same folder left", async () => {
  await mkdir(join(parent, ".new.0123abcd.tmp"));
  await mkdir(join(parent, ".other.0123abcd.tmp"));
  await writeFolder(join(parent, "new"), (fresh) => writeFile(join(fresh, "file"), "1"));
  expect((await readdir(parent)).sort()).toEqual([".other.0123abcd.tmp", "new"]);
});

it("refuses the name of a file", async () => {
  await writeFile(join(parent, "file"), "1");
  await expect(checkFolderIsNew("export", join(parent, "file"))).rejects.toThrow(
    /to be a new folder, got a file where a folder should be/,
  );
});
