// Exercise: NiN's last block makes 10 maps of 384 at once, 5x5x384 to 5x5x10. What do two steps cost, and do they help?
import { conv2d, dropout, globalAvgPool, maxPool, ninBlock, type Part, sequential } from "@mlpconv/layers";
import { openLab } from "./shared/exercise.js";
import { printMeasured } from "./shared/table.js";
import { best, compareAccuracy, compareCosts, warnOfDead } from "./shared/verdict.js";

const { seed, measure } = await openLab({ limit: 8000, epochs: 3 });

/** 28 x 28 pixels to 5 x 5 x 384 as in the chapter, with fewer channels on the way; then the head. */
const withHead = (...head: Part[]) =>
  sequential({ inputShape: [28, 28, 1], seed }, [
    ninBlock(32, { kernel: 5, stride: 2 }), //   12 x 12 x  32
    ninBlock(64, { kernel: 5, padding: 2 }), //  12 x 12 x  64
    maxPool(3, { stride: 2 }), //                 5 x  5 x  64
    ninBlock(384, { kernel: 3, padding: 1 }), //  5 x  5 x 384
    dropout(0.5),
    ...head, //                                   5 x  5 x  10
    globalAvgPool(), //                          10
  ]);
const window = { kernel: 3, padding: 1 };
const pixel = { kernel: 1 };
const last = { activation: "linear" } as const; // logits that are never negative may die

const atOnce = await measure("384 to 10", withHead(ninBlock(10, { ...window, lastActivation: "linear" })));
const wideFirst = await measure(
  "384 to 64 by 3x3, to 10 by 1x1",
  withHead(conv2d(64, window), conv2d(64, pixel), conv2d(10, { ...pixel, ...last })),
);
const narrowFirst = await measure(
  "384 to 64 by 1x1, to 10 by 3x3",
  withHead(conv2d(64, pixel), conv2d(64, pixel), conv2d(10, { ...window, ...last })),
);
const rows = [atOnce, wideFirst, narrowFirst];
printMeasured(rows);

warnOfDead(rows);
for (const steps of [wideFirst, narrowFirst]) {
  console.log(compareCosts(steps, atOnce));
  console.log(compareAccuracy(steps, atOnce));
}
console.log(
  `The best here: ${best(rows).net}, as measured with one seed; --seed 1 says how much that is worth.`,
);
