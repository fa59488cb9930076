// The grid of `compare --grid`: settings with several values each, and every combination of them.
import { createHash } from "node:crypto";
import { flagName, nearest, type OptionKind, Problem } from "@mlpconv/cli-kit";
import { type Kind, type SettingTable, type SettingValues, settings } from "@mlpconv/runs";

/** A setting of a grid with its values. */
export interface GridAxis {
  /** Its path in config.json. */
  place: string;
  /** Its flag without dashes: "batch-size". */
  name: string;
  values: readonly (string | number | boolean)[];
}

/** One combination: a value of each axis. */
export interface Combination {
  /** Flags of `train`. */
  changes: SettingValues;
  /** End of the name of a run's folder: "lr0.01-batch-size64". No two combinations of a grid have the same, in capitals or not. */
  suffix: string;
  /** In words: "--lr 0.01 --batch-size 64". */
  words: string;
}

/** Settings that all runs of a comparison share. */
const shared = new Set([
  ...["preset", "epochs", "earlyStop", "limit", "valShare", "testOnce", "testShare", "channels", "fit"],
  ...["shards", "seed"],
]);
/** Settings whose values may have commas, or name files. */
const notInLists = new Set(["augment", "freeze", "initFrom"]);

const all = Object.entries<SettingTable[string]>(settings).map(([place, row]) => ({
  place,
  name: flagName(row).slice(2),
  kind: row.kind as Kind<never>,
}));
const rows = all.filter(({ place }) => !shared.has(place) && !notInLists.has(place));
const names = rows.map(({ name }) => name);

/** The setting with this name, or the only one whose name begins so; else why there is none. */
const rowNamed = (text: string, flag: string) => {
  const exact = rows.find(({ name }) => name === text);
  const begun = rows.filter(({ name }) => text !== "" && name.startsWith(text));
  const row = exact ?? (begun.length === 1 ? begun[0] : undefined);
  if (row) return row;
  if (begun.length > 1)
    return `expected ${flag} to name one setting, got "${text}", with which ${begun.map(({ name }) => name).join(" and ")} begin; write the one you mean`;
  // Names as config.json has them, and flags with their dashes.
  const plain = text.replace(/^--/, "");
  const known = all.find(({ place, name }) => plain === name || plain === place);
  if (known && shared.has(known.place))
    return `expected ${flag} to name settings in which runs may differ, got ${known.name}, which all runs share; pass --${known.name} beside ${flag}`;
  if (known && notInLists.has(known.place))
    return `expected ${flag} to name settings with lists of values, got ${known.name}; pass --${known.name} beside ${flag}, and compare its values by a grid with another --name each`;
  const near = known?.name ?? nearest(plain, names);
  return `expected ${flag} to name settings as in lr=0.01,0.1 batch-size=64,128, of ${names.join(", ")}, got "${text}"${near === undefined ? "" : `; did you mean "${near}"?`}`;
};

const readAxis = (text: string, flag: string): GridAxis | string => {
  const [, name = text, list] = /^([^=]*)=(.*)$/s.exec(text) ?? [];
  const row = rowNamed(name.trim(), flag);
  if (typeof row === "string") return row;
  if (list === undefined)
    return `expected ${flag} ${row.name} with values, got none; write ${row.name}=, and the values behind it without spaces`;
  const texts = list.split(",").map((value) => value.trim());
  const values = texts.map((value) => row.kind.read(value)) as (string | number | boolean | undefined)[];
  const wrong = values.indexOf(undefined);
  if (wrong >= 0) return `expected ${flag} ${row.name} to be ${row.kind.expected}, got "${texts[wrong]}"`;
  const twice = values.find((value, i) => values.indexOf(value) < i);
  if (twice !== undefined)
    return `expected ${flag} ${row.name} with each value once, got ${twice} twice; leave one of them out`;
  return { place: row.place, name: row.name, values: values as (string | number | boolean)[] };
};

/**
 * "lr=0.01,0.1 batch-size=64,128", as several arguments or as one. Commander joins several by a comma, so that a new setting begins wherever a word has
 * an equals sign.
 */
export const gridKind: OptionKind<GridAxis[]> = {
  expected: "settings with values, such as lr=0.01,0.1 batch-size=64,128",
  read: (typed, flag) => {
    const axes = typed
      .split(/[,\s]+(?=[^,\s=]*=)/)
      .filter((word) => word !== "")
      .map((word) => readAxis(word.trim(), flag));
    const problems = axes.filter((axis) => typeof axis === "string");
    const found = axes.filter((axis) => typeof axis !== "string");
    const twice = found.find(({ name }, i) => found.slice(0, i).some((axis) => axis.name === name));
    if (twice)
      problems.push(
        `expected ${flag} with ${twice.name} once, got it twice; put all its values into one list`,
      );
    if (problems.length > 0) return new Problem(...problems);
    return found.length === 0 ? undefined : found;
  },
};

/** Every combination, the last axis's values changing first; one without changes for no grid. */
export const combinationsOf = (axes: readonly GridAxis[] = []): Combination[] =>
  axes
    .reduce<[GridAxis, string | number | boolean][][]>(
      (all, axis) =>
        all.flatMap((before) =>
          axis.values.map((value) => [...before, [axis, value] as [GridAxis, typeof value]]),
        ),
      [[]],
    )
    .map((chosen) => ({
      changes: Object.fromEntries(chosen.map(([{ place }, value]) => [place, value])),
      suffix: shortened(chosen.map(([{ name }, value]) => `${name}${value}`).join("-")),
      words: chosen
        .map(([{ name }, value]) =>
          typeof value === "boolean" ? `--${value ? "" : "no-"}${name}` : `--${name} ${value}`,
        )
        .join(" "),
    }));

/** The longest suffix; the rest of a folder's name is for the comparison, the net and the seed. */
const longestSuffix = 56;

/** A suffix that folders can have: 1e+21 without the plus, and the end of a long one as a hash. */
const shortened = (suffix: string): string => {
  const plain = suffix.replaceAll("+", "");
  if (plain.length <= longestSuffix) return plain;
  const hash = createHash("sha256").update(plain).digest("hex").slice(0, 8);
  return `${plain.slice(0, longestSuffix - 9)}-${hash}`;
};
