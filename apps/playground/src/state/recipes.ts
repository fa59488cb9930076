// The settings that a choice in the page stands for.
import type { DatasetInfo } from "@mlpconv/datasets";
import type { ModelName } from "@mlpconv/models";
import { oneOf, type PresetName, presetNames, type RunSettings, valueAt } from "@mlpconv/runs";
import { epochsForPictures, presetSettings, presets } from "@mlpconv/runs/recipe";
import type { Changes, Row } from "./rows.js";

/** Names of all networks. */
export const modelNames = Object.keys(presets.d2l) as ModelName[];

/** The two rows that decide which settings there are. */
export const choiceRows = {
  model: { flag: "--model <name>", kind: oneOf(modelNames), help: modelNames.join(", ") },
  preset: { flag: "--preset <name>", kind: oneOf(presetNames), help: presetNames.join(", ") },
} as const satisfies Record<string, Row>;

/** A network as the reader chose it. */
export interface NetworkChoice {
  model: ModelName;
  preset: PresetName;
  /** Settings that differ from the preset's. */
  changes: Changes;
}

/** What the settings depend on of the data. */
export interface ChosenFor extends Pick<DatasetInfo, "shape"> {
  /** Number of own pictures, which get as many epochs as `train` gives them. Absent: another data set. */
  pictures?: number;
}

/** The settings of a run that a choice stands for. */
export const settingsOf = ({ model, preset, changes }: NetworkChoice, data: ChosenFor): RunSettings => {
  const settings = presetSettings({ model, preset }, changes, data);
  if (data.pictures === undefined || changes.epochs !== undefined || preset === "d2l") return settings;
  return { ...settings, epochs: epochsForPictures(settings, data.pictures) };
};

/** A choice with one setting changed; a value that is the preset's is no change. */
export const withChange = (
  choice: NetworkChoice,
  place: keyof Changes,
  value: unknown,
  data: ChosenFor,
): NetworkChoice => {
  const { [place]: _, ...others } = choice.changes;
  const same =
    value === undefined || value === valueAt(settingsOf({ ...choice, changes: others }, data), place);
  return { ...choice, changes: same ? others : { ...others, [place]: value } };
};
