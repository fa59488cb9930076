// What a network makes of images: probabilities, logits, and a map for each class.
import type { DatasetInfo } from "@mlpconv/datasets";
import { logitsOf, probabilities, testImages } from "@mlpconv/trainer";
import { channelOf } from "./grids.js";
import { imagesAtOnce, inputsOf } from "./inputs.js";
import type { Network } from "./network.js";
import type { Answer } from "./session.js";

/** @param pixels of all images, one after another */
export const answersOf = async (
  where: string,
  { model, settings, classMaps: through }: Network,
  data: DatasetInfo,
  pixels: Uint8Array,
): Promise<Answer[]> => {
  const answers: Answer[] = [];
  if (pixels.length === 0) return answers;
  const images = inputsOf(settings, data, pixels, imagesAtOnce(settings));
  for await (const batch of testImages(model, images, { where, through, finite: false })) {
    for (let i = 0; i < batch.labels.length; i++) {
      const logits = [...logitsOf(batch, i)];
      answers.push({
        probabilities: probabilities(logits),
        logits,
        ...(batch.features && { classMaps: mapsOf(batch.features, i) }),
      });
    }
  }
  return answers;
};

const mapsOf = ({ values, shape }: { values: Float32Array; shape: readonly number[] }, image: number) => {
  const [, height, width, classes] = shape as [number, number, number, number];
  const start = image * height * width * classes;
  return Array.from({ length: classes }, (_, c) => channelOf(values, [height, width, classes], c, start));
};
