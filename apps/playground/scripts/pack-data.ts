// `pnpm --filter @mlpconv/playground pack-data FOLDER`: puts a share of Fashion-MNIST, as it is on this machine, into the built page in FOLDER, for a
// static site.
import { join } from "node:path";
import { fashionMnist } from "@mlpconv/datasets";
import { packShare, shareSizes } from "./pack-share.js";

const [folder = "dist"] = process.argv.slice(2);
const data = join(folder, "data");
const bytes = await packShare(await fashionMnist(), data);
const { train, test } = shareSizes;
console.log(`${train} training and ${test} test images, ${(bytes / 1e6).toFixed(1)} MB, in ${data}`);
