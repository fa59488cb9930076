// `pnpm pack:all FOLDER`: packs every package that holds code into FOLDER, from where `npm install FOLDER/*.tgz` takes them.
import { mkdirSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { join, resolve } from "node:path";
import { packPackage } from "./pack-package.js";
import { publicPackages } from "./public-packages.js";

const folder = resolve(process.argv[2] ?? "packed");
mkdirSync(folder, { recursive: true });
// Packages of an earlier version would be installed too.
for (const name of readdirSync(folder)) if (/^mlpconv-.*\.tgz$/.test(name)) rmSync(join(folder, name));
// The kernels of a platform are left out: engine `native` compiles them where it is first used.
for (const each of publicPackages().filter(({ hasCode }) => hasCode)) await packPackage(each, folder);
const tfjs = /"@tensorflow\/tfjs": (\S+)/.exec(readFileSync("pnpm-workspace.yaml", "utf8"))![1];
console.log(
  `packed into ${folder}; in another project: npm install ${join(folder, "*.tgz")} @tensorflow/tfjs@${tfjs}`,
);
