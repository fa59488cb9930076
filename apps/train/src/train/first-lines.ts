// The first lines of a run, which describe what will be trained.

import { about, count } from "@mlpconv/cli-kit";
import type { Loader } from "@mlpconv/datasets";
import { recipeLines } from "@mlpconv/runs";
import type { Engine } from "@mlpconv/tensor";
import { type PlannedLoaders, totalPasses, workOf } from "./progress.js";
import type { Settings } from "./settings.js";

export interface Plan {
  settings: Settings;
  engine: Engine;
  parameters: number;
  dataset: string;
  /** Description of the data's source. */
  source: string;
  /** Number of training images in the data set. */
  available: number;
  loaders: PlannedLoaders;
  /** Seconds of a forward pass for one image. */
  secondsPerPass: number;
  folder: string;
  /** Whether the number of epochs follows from the number of pictures. Default false. */
  epochsByPictures?: boolean;
}

/** Engine and device: "wasm (1 thread, SIMD)". */
export const deviceWords = ({ name, device }: Engine): string => `${name} (${device})`;

/** Why there are so many epochs. */
const epochsLine = (epochs: number, { batches, examples }: Plan["loaders"]["train"]): string =>
  `epochs   ${count(epochs)}, because ${count(examples)} pictures are few: ${count(epochs * batches)} steps; --epochs sets another number`;

/** A warm-up that takes the whole run, as with few images: what the settings say is not what happens. */
const warmupLines = (
  { warmup, epochs }: Pick<Settings, "warmup" | "epochs">,
  { batches }: Pick<Loader, "batches">,
): string[] =>
  warmup < epochs * batches
    ? []
    : [
        `warm-up  takes all ${count(epochs * batches)} steps, of ${count(warmup)}: the learning rate stays below the full one; --warmup 0.1 is a tenth of the steps`,
      ];

/** Early stopping without images that are held out: the test accuracy is then no longer that of images that played no part. */
const earlyStopLines = ({ earlyStop = 0, valShare }: Pick<Settings, "earlyStop" | "valShare">): string[] =>
  earlyStop === 0 || valShare !== undefined
    ? []
    : ["warning: --early-stop without --val-share goes by the test images; --val-share 0.1 holds out others"];

export const planLines = (plan: Plan): string[] => {
  const { settings, engine, parameters, dataset, source, available, loaders, secondsPerPass, folder } = plan;
  const { ratio } = settings.net;
  const { examples } = loaders.train;
  const seconds = totalPasses(workOf(settings.epochs, loaders)) * secondsPerPass;
  const [steps, start] = recipeLines(settings);
  return [
    `training on ${deviceWords(engine)}`,
    [
      `model    ${settings.model}${ratio ? `, channels / ${ratio}` : ""}, ${count(parameters)} parameters`,
      `${settings.resize}x${settings.resize} pixels`,
    ].join(", "),
    [
      `data     ${dataset} from ${source}: ${count(examples)}`,
      examples < available ? ` of ${count(available)}` : "",
      ` training images, `,
      loaders.validation ? `${count(loaders.validation.examples)} held out, ` : "",
      `${count(loaders.test.examples)} test images`,
    ].join(""),
    `preset   ${settings.preset}: ${steps}`,
    `         ${start}`,
    ...(plan.epochsByPictures ? [epochsLine(settings.epochs, loaders.train)] : []),
    ...warmupLines(settings, loaders.train),
    ...earlyStopLines(settings),
    `time     ${about(seconds)}`,
    `kept in  ${folder}`,
  ];
};
