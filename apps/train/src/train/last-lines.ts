// The last lines of a run.
import { asTyped, duration, rate } from "@mlpconv/cli-kit";
import type { Summary } from "@mlpconv/runs";

/** The two lines that d2l's `train_ch6` prints last, to the letter (d2l, section 7.6, LeNet's training). */
export const d2lLines = (summary: Summary, device: string): string[] => [
  `loss ${summary.loss.toFixed(3)}, train acc ${summary.trainAccuracy.toFixed(3)}, test acc ${(summary.testAccuracy ?? Number.NaN).toFixed(3)}`,
  `${summary.examplesPerSecond.toFixed(1)} examples/sec on ${device}`,
];

/** What every other run ends with. */
export const closingLines = (summary: Summary, device: string): string[] => [
  [
    `loss ${summary.loss.toFixed(3)}`,
    `train accuracy ${summary.trainAccuracy.toFixed(3)}`,
    ...(summary.testAccuracy === null ? [] : [`test accuracy ${summary.testAccuracy.toFixed(3)}`]),
  ].join(", "),
  `${rate(summary.examplesPerSecond)} on ${device}, ${duration(summary.seconds)} in all`,
];

/** What to do with the run next. */
export const nextLine = (run: string): string =>
  `next: ${asTyped(`evaluate --run ${run}`)} tests each class, ${asTyped(`report ${run}`)} draws it`;
