// Builds the kernels for this platform, each instruction set, into the package that is published for it.
import { existsSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { isas } from "../src/isa.js";
import { buildPlatform } from "./build-platform.js";

const platform = `${process.platform}-${process.arch}`;
const folder = fileURLToPath(new URL(`../platforms/${platform}/`, import.meta.url));
if (!existsSync(folder))
  throw new Error(
    `prebuilt: expected platforms/${platform}, which is not there; make its package.json first`,
  );
await buildPlatform(folder, process.arch === "x64" ? isas : ["baseline"]);
