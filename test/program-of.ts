// Builds a program that the tests of one file start.
import { rm } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll } from "vitest";
import { bundle, folderIn } from "./build-program.js";

/**
 * Builds one program for the tests of this file, which start it, and removes it after them.
 * @param file the source, such as `new URL("rank.ts", import.meta.url)`
 * @returns the built file
 */
export const programOf = async (file: URL): Promise<string> => {
  const path = fileURLToPath(file);
  const folder = folderIn(dirname(path));
  const name = basename(path, ".ts");
  await bundle({ [name]: path }, folder);
  afterAll(() => rm(folder, { recursive: true, force: true }));
  return join(folder, `${name}.js`);
};
