// The description that is exported with a model: its classes, input pixels and test accuracy.

import type { DatasetInfo } from "@mlpconv/datasets";
import type { TrainedConfig } from "@mlpconv/runs";
import { modelArgs } from "@mlpconv/runs/node";
import type { ConfigOptions } from "@mlpconv/weights";

/** @param testAccuracy of the weights, where it is known */
export const describeNet = (
  { data, ...config }: Pick<TrainedConfig, "net" | "normalize"> & { data: DatasetInfo },
  testAccuracy: number | undefined,
): ConfigOptions => ({
  classes: data.classes,
  modelArgs: modelArgs(config),
  ...(config.normalize && { mean: data.mean, std: data.std }),
  background: data.background,
  metrics: testAccuracy === undefined ? {} : { testAccuracy },
});
