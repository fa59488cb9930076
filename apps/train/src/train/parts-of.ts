// The images that a run learns from and those that it holds out, with an error about the command line.
import { UsageError } from "@mlpconv/cli-kit";
import type { AnySplit, Dataset } from "@mlpconv/datasets";
import { type Splits, splitsOf } from "@mlpconv/runs/recipe";
import type { Settings } from "./settings.js";

/** @throws UsageError when a class has too few images to hold one out */
export const partsOf = (
  settings: Pick<Settings, "valShare">,
  data: Pick<Dataset<AnySplit>, "name" | "classes" | "train" | "test">,
): Splits => {
  const { valShare } = settings;
  const few = valShare === undefined ? [] : lonelyClasses(data);
  if (few.length > 0)
    throw new UsageError("train", [
      `expected at least 2 training images of each class with --val-share, got 1 of ${listed(few)} in ${data.name}; add pictures, or leave --val-share out`,
    ]);
  return splitsOf(settings, data);
};

/** Names of the classes that have a single training image. */
const lonelyClasses = ({ classes, train }: Pick<Dataset<AnySplit>, "classes" | "train">): string[] => {
  const counts = new Map<number, number>();
  for (const label of train.labels) counts.set(label, (counts.get(label) ?? 0) + 1);
  return classes.filter((_, label) => counts.get(label) === 1);
};

const listed = (names: readonly string[]): string =>
  `${names.slice(0, 4).join(", ")}${names.length > 4 ? ` and ${names.length - 4} more classes` : ""}`;
