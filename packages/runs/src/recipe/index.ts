// @mlpconv/runs/recipe: from settings to the model, optimizer, schedule and loaders of a run, and the presets that fill the settings in; for Node and browsers.
export { buildModel, type ModelSettings, modelArgs } from "./build-model.js";
export { describeNet } from "./describe-net.js";
export { exportOptions } from "./export-options.js";
export { FreezeError, freezeLayers } from "./freeze-layers.js";
export { type ImageSettings, loaderOptions } from "./loader-options.js";
export {
  lossOf,
  optimizerOf,
  plateauOf,
  scheduleOf,
  stopRuleOf,
} from "./optimizers.js";
export { type ModelRunSettings, presetSettings, type SettledFor } from "./preset-settings.js";
export { defaults, epochsForPictures, pictureSteps, presets } from "./presets.js";
export { fittingValues, settingProblems } from "./setting-problems.js";
export { type Splits, splitsOf } from "./splits-of.js";
