// Begins a run with weights that were trained before: of a run, a file, or an exported folder.
import { stat } from "node:fs/promises";
import { join } from "node:path";
import { findRun, runNameIn, runNameProblem, runsFolder, UsageError } from "@mlpconv/cli-kit";
import type { tf } from "@mlpconv/tensor";
import { loadMatching, type MatchedWeights, StateDictError, stateDict } from "@mlpconv/weights";
import { readSafetensorsFile } from "@mlpconv/weights/node";
import { type Origin, originOf, type PixelSettings, pixelLines, sizeWords } from "./origin.js";

type What = "file" | "folder" | undefined;
const kindOf = (path: string): Promise<What> =>
  stat(path).then(
    (found) => (found.isDirectory() ? "folder" : "file"),
    () => undefined,
  );

/** Path of the weights: a run's best ones, else its last; a file; `model.safetensors` of an exported folder. */
const weightsPath = async (what: string): Promise<string> => {
  const name = runNameIn(what);
  // "exported/", as shells complete it, is a folder; "runs/try-1/" is a run.
  const isName = what !== `${name}/` && runNameProblem(name, "--init-from") === undefined;
  const ofRun = async () => (await findRun("train", name, undefined, "--init-from")).path;
  if (isName && (await kindOf(join(runsFolder, name))) === "folder") return ofRun();
  const kind = await kindOf(what);
  if (kind === "file") return what;
  const inside = join(what, "model.safetensors");
  if (kind === "folder" && (await kindOf(inside)) === "file") return inside;
  if (kind === "folder")
    throw new UsageError("train", [
      `expected --init-from to name a folder with model.safetensors, got ${what} without; make one with: export --to safetensors`,
    ]);
  // Says which run is meant, if one is.
  if (isName && !name.endsWith(".safetensors")) return ofRun();
  throw new UsageError("train", [
    `expected --init-from to name a run, a .safetensors file or an exported folder, got ${what}, which is not there`,
  ]);
};

/**
 * Sets the model's weights to those that were trained before, as far as they fit.
 *
 * @param to names of the classes that the model shall learn, and how it gets its pixels
 * @returns lines that say which were loaded, which are new, and where the weights were trained on other pixels
 * @throws UsageError when there are no such weights, none fits the model or they do not fit a frozen layer, or one is not finite; SafetensorsError for a file that is none
 */
export const initFrom = async (
  model: tf.LayersModel,
  what: string,
  { classes, ...pixels }: PixelSettings & { classes: readonly string[] },
): Promise<string[]> => {
  const path = await weightsPath(what);
  const { tensors, metadata } = await readSafetensorsFile(path);
  const origin = originOf(metadata);
  try {
    const matched = loadMatching(model, tensors);
    const wrong = await nonFinite(model, matched.loaded);
    if (wrong !== undefined)
      throw new UsageError("train", [
        `expected --init-from to have finite weights, got ${wrong} of ${path}; take weights from before the loss was not finite`,
      ]);
    const input = model.inputs[0]!.shape.slice(1) as [number, number, number];
    const start = describe(path, matched, origin, classes);
    return [[start, ...sizeWords(origin, input)].join("; "), ...pixelLines(path, origin, pixels, input[2])];
  } catch (error) {
    if (!(error instanceof StateDictError)) throw error;
    const of = origin.flags === undefined ? "" : ` (these weights are of ${origin.flags})`;
    throw new UsageError("train", [
      `expected --init-from to fit the net, got ${path}: ${error.message}${of}`,
    ]);
  }
};

/** The first of these weights that is not finite, as "NaN in 3.bias". */
const nonFinite = async (model: tf.LayersModel, keys: readonly string[]): Promise<string | undefined> => {
  const all = await stateDict(model);
  for (const key of keys) {
    const value = all.get(key)!.data.find((each) => !Number.isFinite(each));
    if (value !== undefined) return `${value} in ${key}`;
  }
  return undefined;
};

const describe = (
  path: string,
  { loaded, fresh, misfits, unused }: MatchedWeights,
  origin: Origin,
  classes: readonly string[],
): string => {
  const others = fresh.length === 0 && origin.classes && `${origin.classes}` !== `${classes}`;
  return [
    `start    ${loaded.length}${fresh.length > 0 ? ` of ${loaded.length + fresh.length}` : ""} weights from ${path}`,
    ...(fresh.length > 0 ? [`new: ${listed(fresh)}`] : []),
    ...(misfits.length > 0 ? [`did not fit: ${listed(misfits)}`] : []),
    ...(unused.length > 0 ? [`not in this net: ${listed(unused)}`] : []),
    ...(others ? [`they name other classes, or in another order: ${listed(origin.classes!)}`] : []),
  ].join("; ");
};

const listed = (keys: readonly string[]): string =>
  `${keys.slice(0, 4).join(", ")}${keys.length > 4 ? ` and ${keys.length - 4} more` : ""}`;
