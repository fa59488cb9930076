// What whoever uses a net's files must know of it: classes, pixels, and how good it is.

import { fashionMnistPixels } from "@mlpconv/cli-kit";
import { fashionMnistClasses } from "@mlpconv/datasets";
import type { TrainedConfig } from "@mlpconv/runs";
import { modelArgs } from "@mlpconv/runs/node";
import type { ConfigOptions } from "@mlpconv/weights";

/** @param testAccuracy of the weights, where it is known */
export const describeNet = (
  config: Pick<TrainedConfig, "net" | "normalize">,
  testAccuracy: number | undefined,
): ConfigOptions => ({
  classes: fashionMnistClasses,
  modelArgs: modelArgs(config),
  ...(config.normalize && { mean: [fashionMnistPixels.mean], std: [fashionMnistPixels.std] }),
  background: "dark",
  metrics: testAccuracy === undefined ? {} : { testAccuracy },
});
