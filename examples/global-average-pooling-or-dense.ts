// Exercise: NiN ends in global average pooling. What do dense layers in its place cost, and do they learn more or only overfit?
import {
  dense,
  dropout,
  flatten,
  globalAvgPool,
  maxPool,
  ninBlock,
  type Part,
  sequential,
} from "@mlpconv/layers";
import { openLab } from "./shared/exercise.js";
import { count, printMeasured } from "./shared/table.js";
import { compareAccuracy, compareCosts, warnOfDead } from "./shared/verdict.js";

const { seed, measure } = await openLab({ limit: 10_000, epochs: 4 });

/** A small NiN for 28 x 28 pixels with another end. */
const withHead = (...head: Part[]) =>
  sequential({ inputShape: [28, 28, 1], seed }, [
    ninBlock(32, { kernel: 5, padding: 2 }), // 28 x 28 x 32
    maxPool(3, { stride: 2 }), //               13 x 13 x 32
    ninBlock(64, { kernel: 5, padding: 2 }), // 13 x 13 x 64
    maxPool(3, { stride: 2 }), //                6 x  6 x 64
    dropout(0.2),
    ...head,
  ]);
const tenMaps = () => ninBlock(10, { kernel: 3, padding: 1, lastActivation: "linear" }); // 6 x 6 x 10

const pooled = await measure("average pooling", withHead(tenMaps(), globalAvgPool()));
const oneLayer = await measure("a dense layer", withHead(tenMaps(), flatten(), dense(10)));
const relu = { activation: "relu" } as const;
const asAlexnet = await measure(
  "AlexNet's end",
  withHead(flatten(), dense(512, relu), dropout(0.5), dense(512, relu), dropout(0.5), dense(10)),
);
const rows = [pooled, oneLayer, asAlexnet];
printMeasured(rows);

warnOfDead(rows);
for (const head of [oneLayer, asAlexnet]) {
  console.log(compareCosts(head, pooled));
  console.log(compareAccuracy(head, pooled));
  console.log(
    `It has ${count(head.parameters - pooled.parameters)} parameters more; pooling itself has none.`,
  );
}
const gaps = rows.map((row) => ({ ...row, gap: row.trainAccuracy - row.testAccuracy }));
const [largest] = gaps.toSorted((a, b) => b.gap - a.gap);
for (const { net, gap } of gaps)
  console.log(`${net}: ${gap.toFixed(4)} better on images that it learned from.`);
console.log(`Largest gap between training and test: ${largest!.net}.`);
