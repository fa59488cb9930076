// The playground as a part of the site, with a share of Fashion-MNIST where the data set is on this machine or can be downloaded.
import { execFileSync } from "node:child_process";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { DatasetError, fashionMnist } from "@mlpconv/datasets";
import { packShare } from "../../apps/playground/scripts/pack-share.js";

const app = fileURLToPath(new URL("../../apps/playground", import.meta.url));
const folder = fileURLToPath(new URL("../public/playground", import.meta.url));

const build = [
  "node_modules/vite/bin/vite.js",
  "build",
  "--outDir",
  folder,
  "--emptyOutDir",
  "--logLevel",
  "error",
];
execFileSync(process.execPath, build, { cwd: app, stdio: ["ignore", "ignore", "inherit"] });
try {
  await packShare(await fashionMnist(), join(folder, "data"));
} catch (error) {
  if (!(error instanceof DatasetError)) throw error;
  console.warn(`warning: the playground has drawn images alone: ${error.message}`);
}
