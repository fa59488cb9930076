// Exercise: a NiN block ends in two 1x1 convolutions. What do none, one or three of them do, and 3x3 windows in their place?
import { conv2d, dropout, globalAvgPool, maxPool, sequential } from "@mlpconv/layers";
import { openLab } from "./shared/exercise.js";
import { printMeasured } from "./shared/table.js";
import { best, compareAccuracy, compareCosts, warnOfDead } from "./shared/verdict.js";

const { seed, measure } = await openLab({ limit: 10_000, epochs: 3 });

/** A convolution and more of them after it, of these windows. */
const block = (filters: number, kernel: number, after: number[], activation: "relu" | "linear" = "relu") =>
  [kernel, ...after].flatMap((window, i) =>
    conv2d(filters, {
      kernel: window,
      padding: "same",
      // Logits that are never negative may die.
      activation: i === after.length ? activation : "relu",
    }),
  );

/** A small NiN for 28 x 28 pixels. */
const nin = (...after: number[]) =>
  sequential({ inputShape: [28, 28, 1], seed }, [
    block(32, 5, after), //             28 x 28 x 32
    maxPool(3, { stride: 2 }), //       13 x 13 x 32
    block(64, 5, after), //             13 x 13 x 64
    maxPool(3, { stride: 2 }), //        6 x  6 x 64
    dropout(0.2),
    block(10, 3, after, "linear"), //    6 x  6 x 10
    globalAvgPool(), //                  10
  ]);

const none = await measure("no 1x1", nin());
const one = await measure("one 1x1", nin(1));
const two = await measure("two 1x1", nin(1, 1));
const three = await measure("three 1x1", nin(1, 1, 1));
const wide = await measure("two 3x3", nin(3, 3));
const rows = [none, one, two, three, wide];
printMeasured(rows);

warnOfDead(rows);
for (const other of [none, one, three, wide]) {
  console.log(compareCosts(other, two));
  console.log(compareAccuracy(other, two));
}
console.log(
  `The best here: ${best(rows).net}, as measured with one seed; --seed 1 says how much that is worth.`,
);
