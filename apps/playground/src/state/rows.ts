// What the page can choose, as rows of the table of settings: their names in an address, kinds and limits.
import { hasEffect, modelsWith, oneOf, type SettingTable, type SettingValues, settings } from "@mlpconv/runs";

const {
  preset: _preset,
  channels: _channels,
  fit: _fit,
  testShare: _share,
  shards: _shards,
  // The page starts its engine once, in full precision.
  precision: _precision,
  // Weights that come from files, and what of them stays: a page loads weights itself.
  initFrom: _initFrom,
  freeze: _freeze,
  // The page draws one set of weights.
  ema: _ema,
  // The page tests by itself: `train` has no accuracy to stop by, or to find a plateau.
  earlyStop: _earlyStop,
  plateauEpochs: _plateauEpochs,
  plateauFactor: _plateauFactor,
  // It holds no images out.
  valShare: _valShare,
  testOnce: _testOnce,
  // For networks that begin with trained weights.
  bodyLrScale: _bodyLrScale,
  ...ofNetwork
} = settings;

/** Settings of a network that the page changes, by their paths in config.json. */
const networkRows = {
  ...ofNetwork,
  schedule: {
    ...settings.schedule,
    kind: oneOf((settings.schedule.kind.choices ?? []).filter((name) => name !== "plateau")),
  },
};

/** Path of such a setting in config.json. */
export type NetworkPlace = keyof typeof networkRows;

/** All of them, in the table's order. */
export const networkPlaces = Object.keys(networkRows) as NetworkPlace[];

/** Settings that differ from those of the preset. */
export type Changes = Pick<SettingValues, NetworkPlace>;

/** A row with a value of any type. */
export type Row = Pick<
  SettingTable[string],
  "flag" | "kind" | "help" | "models" | "modelsByValue" | "needs" | "absent"
>;

export const rowOf = (place: NetworkPlace): Row => networkRows[place] as Row;

/** A row's name in an address: "lr" of "--lr <x>". */
export const keyOf = ({ flag }: Pick<Row, "flag">): string => flag.slice(2).split(" ")[0]!;

/** Whether a model has a setting. */
export const hasSetting = (model: string, place: NetworkPlace): boolean => {
  const { models } = rowOf(place);
  return models === undefined || (models as readonly string[]).includes(model);
};

/** Whether a model has a setting with that value, and the page offers the value: a run's config.json may have others. */
export const hasValue = (model: string, place: NetworkPlace, value: unknown): boolean => {
  const row = rowOf(place);
  if (row.kind.choices?.includes(String(value)) === false) return false;
  const models = modelsWith(row, value);
  return hasSetting(model, place) && (models === undefined || (models as readonly string[]).includes(model));
};

/** Whether a setting has an effect beside the others. */
export const isOfUse = (place: NetworkPlace, settled: object): boolean => hasEffect(rowOf(place), settled);

/** What a control can allow: the ends that a value may have, and whether it is whole. */
export interface Limits {
  min?: number;
  max?: number;
  whole: boolean;
}

type Check = { type?: string; requirement?: unknown };

/** Limits of a number, read from its schema. An end that the value must not reach is not a limit here. */
export const limitsOf = (place: NetworkPlace): Limits => {
  const checks = (rowOf(place).kind.schema as { pipe?: readonly Check[] }).pipe ?? [];
  const found = (type: string) => checks.find((check) => check.type === type)?.requirement;
  const [min, max] = [found("min_value"), found("max_value")];
  return {
    ...(typeof min === "number" && { min }),
    ...(typeof max === "number" && max < 1e9 && { max }),
    whole: checks.some(({ type }) => type === "safe_integer"),
  };
};
