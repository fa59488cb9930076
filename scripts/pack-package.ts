// One package as it is published: an archive with the versions of the workspace and the catalog filled in.
import { execFile } from "node:child_process";
import { promisify } from "node:util";
import type { PublicPackage } from "./public-packages.js";

const run = promisify(execFile);

/** @returns the archive's path */
export const packPackage = async ({ folder: cwd }: PublicPackage, destination: string): Promise<string> => {
  const { stdout } = await run("pnpm", ["pack", "--json", "--pack-destination", destination], {
    cwd,
    shell: process.platform === "win32",
  });
  return JSON.parse(stdout).filename;
};
