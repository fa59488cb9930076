// What `predict` does, in order: run, engine, weights, pictures, guesses, and last the pictures that could not be read.
import { fashionMnistClasses } from "@mlpconv/datasets";
import type { Terminal } from "@mlpconv/programs";
import { describeError, findRun, loadRun, printable, weightsWords } from "@mlpconv/programs";
import { useEngine } from "@mlpconv/tensor";
import { deviceWords } from "./plan.js";
import type { PredictRequest } from "./predict-options.js";
import { predictionLines } from "./prediction-lines.js";
import { type Guess, predictions } from "./predictions.js";
import { openPictureReader } from "./read-picture.js";
import { type Garment, toGarment } from "./to-garment.js";

/** A picture and what it is taken for. */
export interface Prediction {
  file: string;
  inverted: boolean;
  /** The three likeliest classes. */
  top: Guess[];
}

/** @throws Error naming each picture that could not be read, after the others are told */
export const predictImages = async (request: PredictRequest, terminal: Terminal): Promise<void> => {
  const found = await findRun("predict", request.run, request.weights);
  const engine = await useEngine(request.engine);
  const run = await loadRun(found);
  terminal.say(`${run.config.model} from ${run.folder} (${weightsWords(run)}) on ${deviceWords(engine)}`);

  const garments: (Garment & { file: string })[] = [];
  const failed: { file: string; error: string }[] = [];
  const pictures = openPictureReader();
  try {
    for (const file of request.images) {
      terminal.live(() => `reading ${printable(file)}`);
      try {
        const picture = await pictures.read(file, request.invert === "no" ? "black" : "white");
        garments.push({ file, ...(await toGarment(picture, request.invert)) });
      } catch (error) {
        failed.push({ file, error: describeError(error) });
      }
    }
  } finally {
    pictures.close();
  }
  const guesses = await predictions(
    run,
    garments.map(({ levels }) => levels),
    fashionMnistClasses,
  );
  const images = garments.map(
    ({ file, inverted }, i): Prediction => ({ file, inverted, top: guesses[i]!.slice(0, 3) }),
  );
  for (const line of predictionLines(images, request.invert)) terminal.say(line);
  if (request.json) {
    const { name, weights, config } = run;
    const answer = { run: name, model: config.model, weights, engine: engine.name, images, failed };
    process.stdout.write(`${JSON.stringify(answer)}\n`);
  }
  if (failed.length > 0) throw new Error(failed.map(({ error }) => `predict: ${error}`).join("\n"));
};
