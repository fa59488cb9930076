// Builds the kernels for each instruction set into the package that is published for a platform: `prebuilt [platform]`, default: this one.
// Files that were already built from the same sources are kept: a release has files for every platform, each built on another machine.
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { CHECKSUMS } from "../src/checksums.js";
import { hashSources } from "../src/compile.js";
import { isas } from "../src/isa.js";
import { buildPlatform } from "./build-platform.js";

const here = `${process.platform}-${process.arch}`;
const platform = process.argv[2] ?? here;
const folder = fileURLToPath(new URL(`../platforms/${platform}/`, import.meta.url));
if (!existsSync(folder))
  throw new Error(
    `prebuilt: expected platforms/${platform}, which is not there; make its package.json first`,
  );

const mark = join(folder, "sources.sha256");
const sources = fileURLToPath(new URL("../native/", import.meta.url));
if (
  existsSync(mark) &&
  existsSync(join(folder, CHECKSUMS)) &&
  readFileSync(mark, "utf8").trim() === (await hashSources(sources))
)
  console.log(`${platform}: built before, from these sources`);
else if (platform === here) await buildPlatform(folder, process.arch === "x64" ? isas : ["baseline"]);
else
  throw new Error(
    `prebuilt: expected kernels of these sources in platforms/${platform}, got none; build them on ${platform} and put them there`,
  );
