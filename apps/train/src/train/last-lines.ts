// The last lines of a run.
import { asTyped, duration, rate } from "@mlpconv/cli-kit";
import type { Summary } from "@mlpconv/runs";

/** The last two lines that d2l's `train_ch6` prints, in the same format (d2l, section 7.6, LeNet's training). */
export const d2lLines = (summary: Summary, device: string): string[] => [
  `loss ${summary.loss.toFixed(3)}, train acc ${summary.trainAccuracy.toFixed(3)}, test acc ${(summary.testAccuracy ?? Number.NaN).toFixed(3)}`,
  `${summary.examplesPerSecond.toFixed(1)} examples/sec on ${device}`,
];

/** The last lines of all other runs. */
export const summaryLines = (summary: Summary, device: string): string[] => [
  [
    `loss ${summary.loss.toFixed(3)}`,
    `train accuracy ${summary.trainAccuracy.toFixed(3)}`,
    ...(summary.validationAccuracy === undefined
      ? []
      : [`validation accuracy ${summary.validationAccuracy.toFixed(3)}`]),
    ...(summary.testAccuracy === null ? [] : [`test accuracy ${summary.testAccuracy.toFixed(3)}`]),
    ...(summary.averageTestAccuracy === undefined
      ? []
      : [`with averaged weights ${summary.averageTestAccuracy.toFixed(3)}`]),
  ].join(", "),
  `${rate(summary.examplesPerSecond)} on ${device}, ${duration(summary.seconds)} in all`,
];

/** Why early stopping ended the run, and how it is trained on; empty where it did not. */
export const stoppedLines = (
  { stopped, epochs }: Pick<Summary, "stopped" | "epochs">,
  { of, resuming }: { of: number; resuming: string },
): string[] =>
  stopped === undefined
    ? []
    : [
        `stopped early after epoch ${epochs} of ${of}: ${stopped}; best.safetensors has those weights`,
        `to train it on: ${resuming} --early-stop 0`,
      ];

/** Commands to use next with the run. */
export const nextLine = (run: string): string =>
  `next: ${asTyped(`evaluate --run ${run}`)} tests each class, ${asTyped(`report ${run}`)} draws it`;
