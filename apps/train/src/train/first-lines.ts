// What is going to happen, said before it does.

import { about, count } from "@mlpconv/cli-kit";
import type { Loader } from "@mlpconv/datasets";
import { recipeLines } from "@mlpconv/runs";
import type { Engine } from "@mlpconv/tensor";
import { totalPasses, workOf } from "./progress.js";
import type { Settings } from "./settings.js";

export interface Plan {
  settings: Settings;
  engine: Engine;
  parameters: number;
  dataset: string;
  /** Where the data came from, in words. */
  source: string;
  /** Training images there are. */
  available: number;
  loaders: { train: Pick<Loader, "batches" | "examples">; test: Pick<Loader, "examples"> };
  /** Seconds of a forward pass of one image. */
  secondsPerPass: number;
  folder: string;
}

/** "wasm (1 thread, SIMD)". */
export const deviceWords = ({ name, device }: Engine): string => `${name} (${device})`;

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
      ` training images, ${count(loaders.test.examples)} test images`,
    ].join(""),
    `preset   ${settings.preset}: ${steps}`,
    `         ${start}`,
    `time     ${about(seconds)}`,
    `kept in  ${folder}`,
  ];
};
