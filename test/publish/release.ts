// A release as the release workflow makes it, from a copy of this working tree: versions by changesets, then every public package published.
import { execFileSync } from "node:child_process";
import { cpSync, existsSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { buildPlatform } from "../../packages/engine-native/scripts/build-platform.js";
import { chooseIsa } from "../../packages/engine-native/src/isa.js";
import { type PublicPackage, publicPackages } from "../../scripts/public-packages.js";
import { command, type Place } from "./commands.js";

export interface Released extends PublicPackage {
  version: string;
  changelog: string;
}

/** @param place an empty folder, and the home whose .npmrc says where to publish */
export const release = async (place: Place): Promise<Released[]> => {
  copyWorkingTree(place.cwd);
  const git = (...parameters: string[]) => command(place, "git", parameters);
  await git("init", "--quiet", "--initial-branch", "main");
  await git("add", "--all");
  const author = ["-c", "user.name=tester", "-c", "user.email=tester@localhost"];
  await git(...author, "commit", "--quiet", "--no-verify", "--message", "As it is");
  linkPackages(place.cwd);
  copyBuilds(place.cwd);
  // One instruction set, that of this machine: publishing finds it there, as it finds what the release workflow built.
  await buildPlatform(join(place.cwd, "packages/engine-native/platforms/linux-x64"), [chooseIsa()]);
  const changeset = (...parameters: string[]) =>
    command(place, process.execPath, ["node_modules/@changesets/cli/bin.js", ...parameters]);
  await changeset("version");
  await changeset("publish", "--no-git-tag");
  return publicPackages(place.cwd).map((each) => {
    const read = (file: string) => readFileSync(join(place.cwd, each.folder, file), "utf8");
    const changelog = existsSync(join(place.cwd, each.folder, "CHANGELOG.md")) ? read("CHANGELOG.md") : "";
    return { ...each, version: JSON.parse(read("package.json")).version, changelog };
  });
};

/** What git tracks or would, as it is now. */
const copyWorkingTree = (folder: string): void => {
  const list = execFileSync("git", ["ls-files", "--cached", "--others", "--exclude-standard", "-z"], {
    encoding: "utf8",
    maxBuffer: 64 << 20,
  });
  // Tests and what they measure against are large, and are not published.
  const files = list.split("\0").filter((file) => file && !/\/(fixtures|test)\/|^results\//.test(file));
  for (const file of files.filter((path) => existsSync(path))) {
    mkdirSync(dirname(join(folder, file)), { recursive: true });
    cpSync(file, join(folder, file));
  }
  // Its packages are linked below, not installed.
  const file = join(folder, "pnpm-workspace.yaml");
  const settings = readFileSync(file, "utf8");
  writeFileSync(file, settings.replace(/^verifyDepsBeforeRun:.*$/m, "verifyDepsBeforeRun: false"));
};

/** The copy's packages to one another, where pnpm reads their versions; the tools are the working tree's. */
const linkPackages = (folder: string): void => {
  const packages = publicPackages(folder);
  mkdirSync(join(folder, "node_modules"));
  for (const tool of ["@changesets", "tsx"])
    symlinkSync(resolve("node_modules", tool), join(folder, "node_modules", tool), "junction");
  for (const { folder: path } of packages) {
    const manifest = JSON.parse(readFileSync(join(folder, path, "package.json"), "utf8"));
    const { dependencies, peerDependencies, optionalDependencies } = manifest;
    for (const name of Object.keys({ ...dependencies, ...peerDependencies, ...optionalDependencies })) {
      const target = packages.find((each) => each.name === name);
      if (!target) continue;
      const link = join(folder, path, "node_modules", name);
      mkdirSync(dirname(link), { recursive: true });
      symlinkSync(join(folder, target.folder), link, "junction");
    }
  }
};

/** `pnpm test:publish` has built them. */
const copyBuilds = (folder: string): void => {
  for (const { folder: path, hasCode } of publicPackages()) {
    if (!hasCode) continue;
    const built = resolve(path, "dist");
    if (!existsSync(built)) throw new Error(`${path}: expected dist, got none; run pnpm build`);
    // `dist`, and what else the build makes for the package, such as the pictures of mlpconv.
    const { files } = JSON.parse(readFileSync(resolve(path, "package.json"), "utf8")) as { files: string[] };
    for (const name of files.filter((name) => existsSync(resolve(path, name))))
      if (!existsSync(join(folder, path, name)))
        cpSync(resolve(path, name), join(folder, path, name), { recursive: true });
  }
};
