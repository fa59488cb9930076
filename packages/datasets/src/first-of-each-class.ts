// Which images stand for their classes as examples.
import type { AnySplit } from "./dataset.js";

/** Most examples. */
const mostExamples = 12;

/**
 * Index of the first image of each class; of many classes, of 12 that are evenly spread. Chosen by order alone, so that the examples are not
 * hand-picked.
 */
export const firstOfEachClass = ({ labels }: Pick<AnySplit, "labels">): number[] => {
  const present = [...new Set(labels)].sort((a, b) => a - b);
  const count = Math.min(mostExamples, present.length);
  return Array.from({ length: count }, (_, i) => present[Math.floor((i * present.length) / count)]!).map(
    (label) => labels.indexOf(label),
  );
};
