// The command that trains the same network without the page.
import type { DataChoice, EngineChoice } from "./page-state.js";
import { choiceRows, type NetworkChoice, valuesOf } from "./recipes.js";
import { keyOf, networkPlaces, rowOf } from "./rows.js";

const flag = (key: string, value: unknown): string =>
  typeof value === "boolean" ? `--${value ? "" : "no-"}${key}` : `--${key} ${value}`;

/**
 * `npx mlpconv train ...` with all that differs from the preset.
 *
 * @returns the command, and whether it trains on other images than the page
 */
export const commandLine = (
  choice: NetworkChoice,
  data: DataChoice,
  engine: EngineChoice,
): { command: string; otherData: boolean } => {
  const { model, preset } = choice;
  const values = valuesOf(choice);
  const words = [
    "npx mlpconv train",
    flag(keyOf(choiceRows.model), model),
    flag(keyOf(choiceRows.preset), preset),
    ...networkPlaces.flatMap((place) => {
      const value = values[place];
      return value === undefined ? [] : [flag(keyOf(rowOf(place)), value)];
    }),
    ...(engine === "auto" ? [] : [flag("engine", engine)]),
  ];
  return { command: words.join(" "), otherData: data.source !== "served" };
};
