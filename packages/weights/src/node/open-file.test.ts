import { execFileSync } from "node:child_process";
import { mkdtemp, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import { readText } from "./open-file.js";
import { fromPretrained } from "./pretrained.js";
import { openSafetensors } from "./read-file.js";
import { loadModel } from "./save-model.js";

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "open-file-"));
});
afterAll(() => rm(folder, { recursive: true }));

it("reads a file, through a link too", async () => {
  await writeFile(join(folder, "file"), "text");
  await symlink("file", join(folder, "link"));
  expect(await readText(join(folder, "file"))).toBe("text");
  expect(await readText(join(folder, "link"))).toBe("text");
  await expect(readText(join(folder, "none"))).rejects.toMatchObject({ code: "ENOENT" });
});

it.skipIf(process.platform === "win32")(
  "refuses a path that is no file at once, in each format",
  async () => {
    const pipe = join(folder, "pipe");
    execFileSync("mkfifo", [pipe]);
    const reading = [readText, openSafetensors];
    for (const read of reading) {
      await expect(read(folder)).rejects.toThrow(`a folder where a file should be at ${folder}; `);
      for (const path of [pipe, "/dev/zero"])
        await expect(read(path)).rejects.toThrow(`a pipe or a device where a file should be at ${path}; `);
    }
    for (const name of ["model.json", "config.json"]) execFileSync("mkfifo", [join(folder, name)]);
    await expect(loadModel(folder)).rejects.toThrow("a pipe or a device where a file should be");
    await expect(fromPretrained(folder)).rejects.toThrow("a pipe or a device where a file should be");
  },
);
