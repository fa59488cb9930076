// The settings that a choice in the page stands for.
import type { DatasetInfo } from "@mlpconv/datasets";
import type { ModelName } from "@mlpconv/models";
import { oneOf, type PresetName, presetNames, type RunSettings, valueAt } from "@mlpconv/runs";
import { epochsForPictures, fittingValues, presetSettings, presets } from "@mlpconv/runs/recipe";
import { type Changes, hasValue, isOfUse, type NetworkPlace, type Row } from "./rows.js";

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
  /** Settings that differ from the preset's, and from what goes with a changed optimizer or schedule. */
  changes: Changes;
}

/** What the settings depend on of the data. */
export interface ChosenFor extends Pick<DatasetInfo, "shape"> {
  /** Number of own pictures, which get as many epochs as `train` gives them. Absent: another data set. */
  pictures?: number;
}

/** Values that the preset does not decide: the changes, and those that go with a changed optimizer or schedule. */
export const valuesOf = (choice: NetworkChoice): Changes => ({
  ...fittingValues(choice, choice.changes),
  ...choice.changes,
});

/** The settings of a run that a choice stands for. */
export const settingsOf = (choice: NetworkChoice, data: ChosenFor): RunSettings => {
  const { preset, changes } = choice;
  const settings = presetSettings(choice, valuesOf(choice), data);
  if (data.pictures === undefined || changes.epochs !== undefined || preset === "d2l") return settings;
  return { ...settings, epochs: epochsForPictures(settings, data.pictures) };
};

/**
 * A choice without the settings that its model does not have, those that have no effect beside the others, and those that would have the same
 * value without a change.
 */
export const withoutIdle = (choice: NetworkChoice, data: ChosenFor): NetworkChoice => {
  const kept = (changes: Changes, isKept: (place: NetworkPlace, value: unknown) => boolean): Changes =>
    Object.fromEntries(
      Object.entries(changes).filter(([place, value]) => isKept(place as NetworkPlace, value)),
    );
  const had = kept(choice.changes, (place, value) => hasValue(choice.model, place, value));
  const settled = settingsOf({ ...choice, changes: had }, data);
  let changes = kept(had, (place) => isOfUse(place, settled));
  for (const [place, value] of Object.entries(changes)) {
    const others = kept(changes, (other) => other !== place);
    if (value === valueAt(settingsOf({ ...choice, changes: others }, data), place)) changes = others;
  }
  return { ...choice, changes };
};

/** A choice with one setting changed; undefined makes it the preset's again. What then has no effect is dropped. */
export const withChange = (
  choice: NetworkChoice,
  place: keyof Changes,
  value: unknown,
  data: ChosenFor,
): NetworkChoice => {
  const { [place]: _, ...others } = choice.changes;
  return withoutIdle(
    { ...choice, changes: value === undefined ? others : { ...others, [place]: value } },
    data,
  );
};
