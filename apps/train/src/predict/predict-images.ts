// What `predict` does, in order: run, engine, weights, pictures, predictions, and last the pictures that could not be read.

import type { Terminal } from "@mlpconv/cli-kit";
import { describeError, findRun, printable } from "@mlpconv/cli-kit";
import { loadRun, weightsWords } from "@mlpconv/runs/node";
import { useEngine } from "@mlpconv/tensor";
import { deviceWords } from "../train/first-lines.js";
import { behindPicture, type FittedImage, fitImage } from "./fit-image.js";
import { predictionLines } from "./lines.js";
import type { PredictRequest } from "./options.js";
import { type ImagePrediction, predictions } from "./predictions.js";
import { openPictureReader } from "./read-image.js";

/** @throws Error naming each picture that could not be read, after the others are told */
export const predictImages = async (request: PredictRequest, terminal: Terminal): Promise<void> => {
  const found = await findRun("predict", request.run, request.weights);
  const engine = await useEngine(request.engine);
  const { data } = found.config;
  const [, , channels] = data.shape;
  if (channels !== 1 && channels !== 3)
    throw new Error(
      `predict: expected a run on grey images (1 channel) or colour images (3), got ${channels} channels; pictures have no others`,
    );
  const run = await loadRun(found);
  terminal.say(`${run.config.model} from ${run.folder} (${weightsWords(run)}) on ${deviceWords(engine)}`);

  const fitted: (FittedImage & { file: string })[] = [];
  const failed: { file: string; error: string }[] = [];
  const pictures = openPictureReader();
  try {
    for (const file of request.images) {
      terminal.live(() => `reading ${printable(file)}`);
      try {
        const behind = behindPicture(data, request.invert);
        const picture = await pictures.read(file, { behind, channels });
        fitted.push({ file, ...(await fitImage(picture, data, request.invert)) });
      } catch (error) {
        failed.push({ file, error: describeError(error) });
      }
    }
  } finally {
    pictures.close();
  }
  const predicted = await predictions(
    run,
    fitted.map(({ levels }) => levels),
  );
  const images = fitted.map(
    ({ file, inverted }, i): ImagePrediction => ({ file, inverted, top: predicted[i]!.slice(0, 3) }),
  );
  for (const line of predictionLines(images, request.invert, data)) terminal.say(line);
  if (request.json) {
    const { name, weights, config } = run;
    const answer = { run: name, model: config.model, weights, engine: engine.name, images, failed };
    process.stdout.write(`${JSON.stringify(answer)}\n`);
  }
  if (failed.length > 0) throw new Error(failed.map(({ error }) => `predict: ${error}`).join("\n"));
};
