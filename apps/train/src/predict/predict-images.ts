// What `predict` does, in order: run, engine, weights, then batch by batch pictures and predictions, and last the pictures that could not be
// read. What is kept of each picture is its result alone.

import type { Terminal } from "@mlpconv/cli-kit";
import { count, describeError, findRun, picturesOf, printable } from "@mlpconv/cli-kit";
import type { PictureChannels, PictureReader } from "@mlpconv/datasets/folder";
import type { TrainedConfig } from "@mlpconv/runs";
import { loadRun, type TrainedRun, weightsWords } from "@mlpconv/runs/node";
import { useEngine } from "@mlpconv/tensor";
import { deviceWords } from "../train/first-lines.js";
import { behindPicture, type FittedImage, fitImage, type Inversion } from "./fit-image.js";
import { accuracyLine, fileColumns, inversionNote, predictionLine } from "./lines.js";
import type { PredictRequest } from "./options.js";
import { findPictures, type PictureFailure, type PictureFile } from "./picture-files.js";
import { type ImagePrediction, predictions } from "./predictions.js";
import { openPictures } from "./read-image.js";

/** Pictures that are predicted together. More would be no faster: reading takes longer. */
const batchSize = 32;

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

  const { pictures, failed } = await findPictures(request.images, data.classes);
  const columns = fileColumns(pictures.map(({ file }) => file));
  const images: ImagePrediction[] = [];
  const writeLine = (outcome: ImagePrediction | PictureFailure) => {
    if (request.jsonl) process.stdout.write(`${JSON.stringify(outcome)}\n`);
  };
  failed.forEach(writeLine);
  const onRead = (file: string, place: number) =>
    terminal.live(() => `reading ${count(place)} of ${count(pictures.length)} pictures: ${printable(file)}`);
  let [done, labelled, correct, inverted] = [0, 0, 0, false];
  for await (const outcome of predicted(run, pictures, { ...request, onRead })) {
    writeLine(outcome);
    if ("error" in outcome) {
      failed.push(outcome);
      continue;
    }
    done++;
    inverted ||= outcome.inverted;
    if (outcome.label !== undefined) {
      labelled++;
      if (outcome.label === outcome.top[0]!.class) correct++;
    }
    terminal.say(predictionLine(outcome, columns));
    if (request.json) images.push(outcome);
  }
  if (request.invert === "auto" && inverted) terminal.say(inversionNote(data));
  if (labelled > 0) terminal.say(accuracyLine({ correct, labelled }));
  if (request.json) {
    const { name, weights, config } = run;
    const answer = { run: name, model: config.model, weights, engine: engine.name, images, failed };
    const accuracy = labelled > 0 && { accuracy: correct / labelled, labelled };
    process.stdout.write(`${JSON.stringify({ ...answer, ...accuracy })}\n`);
  }
  if (failed.length > 0) throw new Error(failureText(failed, { done, asked: pictures.length }));
};

/** Each picture's prediction or why it has none, in their order, as soon as its batch is done. */
async function* predicted(
  run: TrainedRun,
  files: readonly PictureFile[],
  { invert, onRead }: Pick<PredictRequest, "invert"> & { onRead: (file: string, place: number) => void },
): AsyncGenerator<ImagePrediction | PictureFailure> {
  const pictures = openPictures();
  const read = async ({ file, label }: PictureFile) => {
    try {
      const image = await imageOf(file, run.config, pictures, invert);
      return { file, ...(label !== undefined && { label }), ...image };
    } catch (error) {
      return { file, error: describeError(error) };
    }
  };
  try {
    for (let first = 0; first < files.length; first += batchSize) {
      const batch: ((FittedImage & PictureFile) | PictureFailure)[] = [];
      for (const [i, each] of files.slice(first, first + batchSize).entries()) {
        onRead(each.file, first + i + 1);
        batch.push(await read(each));
      }
      const fitted = batch.flatMap((one) => ("error" in one ? [] : [one.levels]));
      const classes = (await predictions(run, fitted)).values();
      for (const one of batch) {
        if ("error" in one) yield one;
        else {
          const { file, inverted, label } = one;
          const top = classes.next().value!.slice(0, 3);
          yield { file, inverted, top, ...(label !== undefined && { label }) };
        }
      }
    }
  } finally {
    pictures.close();
  }
}

/** A line for each failure; of several pictures also how many there are. */
const failureText = (
  failed: readonly PictureFailure[],
  { done, asked }: { done: number; asked: number },
): string => {
  const lines = failed.map(({ error }) => `predict: ${error}`);
  if (asked > 1)
    lines.push(`predict: expected ${count(asked)} pictures that can be read, got ${count(done)}`);
  return lines.join("\n");
};

/** A picture as training saw the run's images: of a folder of pictures just as it was made there, else like the data set's images. */
const imageOf = async (
  file: string,
  config: TrainedConfig,
  pictures: PictureReader,
  invert: Inversion,
): Promise<FittedImage> => {
  const { data } = config;
  if (data.folder) {
    const { size: side, fit, behind, channels } = picturesOf(config);
    const { levels } = await pictures.read(file, { behind, channels, square: { side, fit } });
    return invert === "yes"
      ? { levels: levels.map((level) => 255 - level), inverted: true }
      : { levels, inverted: false };
  }
  const behind = behindPicture(data, invert);
  const channels = data.shape[2] as PictureChannels;
  return fitImage(await pictures.read(file, { behind, channels }), data, invert);
};
