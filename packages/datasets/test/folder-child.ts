// A program that the tests start beside others: loads a folder of pictures with the options given as JSON, reads all of it batch by batch, and prints
// what it got and how much memory that took.
import { createHash } from "node:crypto";
import { imageFolder } from "../src/folder/index.js";
import { imagesAt } from "../src/images-at.js";

const [folder, options] = process.argv.slice(2) as [string, string];
const messages: string[] = [];
const data = await imageFolder(folder, {
  ...JSON.parse(options),
  onEvent: ({ message }) => messages.push(message),
});
globalThis.gc?.();
const before = process.memoryUsage.rss();
let most = before;
const hash = createHash("sha256");
for (const split of [data.train, data.test])
  for (let start = 0; start < split.shape[0]; start += 16) {
    const length = Math.min(16, split.shape[0] - start);
    hash.update(
      await imagesAt(
        split,
        Array.from({ length }, (_, i) => start + i),
      ),
    );
    globalThis.gc?.();
    most = Math.max(most, process.memoryUsage.rss());
  }
console.log(
  JSON.stringify({
    images: hash.digest("hex"),
    sha256: data.sha256,
    grown: most - before,
    streamed: "read" in data.train,
    decoded: messages.some((message) => message.startsWith("decoding")),
  }),
);
