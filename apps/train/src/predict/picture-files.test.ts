import { mkdir, mkdtemp, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import { findPictures } from "./picture-files.js";

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "pictures-"));
  const files = [
    ...[
      "b.PNG",
      "a.jpg",
      "notes.txt",
      ".hidden.png",
      "._a.jpg",
      "红/2.jpeg",
      "红/deep/1.png",
      "other/x.png",
      "e\u0301/y.png",
    ],
  ];
  for (const file of files) {
    await mkdir(join(folder, "all", file, ".."), { recursive: true });
    await writeFile(join(folder, "all", file), "");
  }
  await symlink(folder, join(folder, "all", "round.png"));
  await symlink(join(folder, "all", "a.jpg"), join(folder, "all", "z-link.jpg"));
  await mkdir(join(folder, "empty"));
});
afterAll(() => rm(folder, { recursive: true }));

it("finds the pictures of a folder and below by their names, with the class of a folder that is named after it", async () => {
  const all = join(folder, "all");
  const { pictures, failed } = await findPictures([all], ["红", "\u00e9", "a.jpg"]);
  expect(failed).toEqual([]);
  expect(pictures).toEqual([
    { file: join(all, "a.jpg") },
    { file: join(all, "b.PNG") },
    { file: join(all, "e\u0301", "y.png"), label: "\u00e9" },
    { file: join(all, "other", "x.png") },
    { file: join(all, "z-link.jpg") },
    { file: join(all, "红", "2.jpeg"), label: "红" },
    { file: join(all, "红", "deep", "1.png"), label: "红" },
  ]);
});

it("leaves files that are named as they are, pictures by their names or not", async () => {
  const operands = ["none.png", join(folder, "all", "notes.txt"), join(folder, "all", "红", "2.jpeg")];
  const { pictures } = await findPictures(operands, ["红"]);
  expect(pictures).toEqual(operands.map((file) => ({ file })));
});

it("names a folder without pictures", async () => {
  const empty = join(folder, "empty");
  const { pictures, failed } = await findPictures([empty], []);
  expect(pictures).toEqual([]);
  expect(failed).toEqual([
    {
      file: empty,
      error: `${empty}: expected a folder with pictures in it or below (PNG, JPEG, WebP, GIF, AVIF or TIFF), got none`,
    },
  ]);
});
