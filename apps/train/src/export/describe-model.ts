// What whoever uses a net's files must know of it: classes, pixels, and how good it is.

import { fashionMnistPixels } from "@mlpconv/cli-kit";
import { fashionMnistClasses } from "@mlpconv/datasets";
import { modelArgs, type NetConfig } from "@mlpconv/runs/node";
import type { ConfigOptions } from "@mlpconv/weights";

/** @param testAccuracy of the weights, where it is known */
export const describeNet = (
  config: Pick<NetConfig, "net" | "normalize">,
  testAccuracy: number | undefined,
): ConfigOptions => ({
  classes: fashionMnistClasses,
  modelArgs: modelArgs(config),
  ...(config.normalize && { mean: [fashionMnistPixels.mean], std: [fashionMnistPixels.std] }),
  background: "dark",
  metrics: testAccuracy === undefined ? {} : { testAccuracy },
});
