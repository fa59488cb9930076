// The description that is exported with a model: its classes, input pixels and test accuracy.
import { type DatasetInfo, normalization } from "@mlpconv/datasets";
import type { ConfigOptions } from "@mlpconv/weights";
import type { RunSettings } from "../files/config.js";
import { modelArgs } from "./build-model.js";

/**
 * Options of `pretrainedConfig` for a run's model.
 *
 * @param testAccuracy accuracy of the weights, where it is known
 */
export const exportOptions = (
  { data, ...config }: Pick<RunSettings, "net" | "normalize" | "normalizeBy"> & { data: DatasetInfo },
  testAccuracy: number | undefined,
): ConfigOptions => ({
  classes: data.classes,
  modelArgs: modelArgs(config),
  ...normalization({ ...config, data }).normalize,
  background: data.background,
  metrics: testAccuracy === undefined ? {} : { testAccuracy },
});
