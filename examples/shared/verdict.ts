// What follows from numbers, in words that the numbers choose.
import type { Measured } from "./exercise.js";

/** Two standard errors of the difference of two accuracies on test images like these, as if drawn apart. */
const chance = (a: Measured, b: Measured): number => {
  const variance = ({ testAccuracy: p, testImages }: Measured) => (p * (1 - p)) / testImages;
  return 2 * Math.sqrt(variance(a) + variance(b));
};

/** "a: .872 on the test images, better than b's .851": a difference that chance in the test images gives too is called none. */
export const compareAccuracy = (a: Measured, b: Measured): string => {
  const difference = a.testAccuracy - b.testAccuracy;
  const margin = chance(a, b);
  const [first, second] = [a, b].map(({ testAccuracy }) => testAccuracy.toFixed(4));
  const words =
    Math.abs(difference) <= margin
      ? `no clear difference to ${b.net}'s ${second} (chance alone: ±${margin.toFixed(4)})`
      : `clearly ${difference > 0 ? "better" : "worse"} than ${b.net}'s ${second} (chance alone: ±${margin.toFixed(4)})`;
  return `${a.net}: ${first} on test images, ${words}.`;
};

/** "1.31 times" or, below one, "0.76 of". */
export const times = (a: number, b: number): string =>
  a >= b ? `${(a / b).toFixed(2)} times` : `${(a / b).toFixed(2)} of`;

/** What a costs beside b. */
export const compareCosts = (a: Measured, b: Measured): string =>
  `${a.net}: ${times(a.parameters, b.parameters)} the parameters, ${times(a.multiplyAccumulates, b.multiplyAccumulates)} the ` +
  `multiply-accumulates and ${times(a.imagesPerSecond, b.imagesPerSecond)} the images/s of ${b.net}.`;

export const best = (rows: readonly Measured[]): Measured =>
  rows.reduce((a, b) => (b.testAccuracy > a.testAccuracy ? b : a));

/** A net at chance level has not learned, and no word about accuracies follows from it. */
export const warnOfDead = (rows: readonly Measured[]): void => {
  for (const { net, testAccuracy } of rows) {
    if (testAccuracy < 0.2) {
      console.log(
        `${net} has not learned (${testAccuracy.toFixed(4)}): more images or epochs, or another seed, before anything is concluded.`,
      );
    }
  }
};
