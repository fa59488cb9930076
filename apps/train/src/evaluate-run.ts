// What `evaluate` does, in order: run, engine, weights, data, one pass, table and file.
import { loader } from "@mlpconv/datasets";
import type { Terminal } from "@mlpconv/programs";
import {
  accuracyOf,
  classFigures,
  confusion,
  count,
  type Evaluation,
  epochOf,
  findData,
  findRun,
  loadRun,
  testOptions,
  weightsWords,
  writeEvaluation,
} from "@mlpconv/programs";
import { useEngine } from "@mlpconv/tensor";
import type { EvaluateRequest } from "./evaluate-options.js";
import { evaluationTable } from "./evaluation-table.js";
import { deviceWords } from "./plan.js";

export const evaluateRun = async (request: EvaluateRequest, terminal: Terminal): Promise<void> => {
  const found = await findRun("evaluate", request.run, request.weights);
  const engine = await useEngine(request.engine);
  const run = await loadRun(found);
  const { config, model, folder } = run;
  terminal.say(
    `${config.model} from ${folder} (${weightsWords(run)}) at ${config.resize}x${config.resize} pixels on ${deviceWords(engine)}`,
  );
  const data = await findData(request.data, terminal);

  const images = loader(data.test, testOptions(config));
  const began = performance.now();
  const { counts, loss, examples } = await confusion(model, images, {
    classes: data.classes.length,
    onBatch: (done) => terminal.live(() => `tested ${count(done)} of ${count(images.examples)} images`),
  });
  const evaluation: Evaluation = {
    run: run.name,
    model: config.model,
    weights: run.weights,
    epoch: epochOf(run.metadata),
    engine: engine.name,
    dataset: data.name,
    examples,
    loss,
    accuracy: accuracyOf(counts),
    classes: classFigures(counts, data.classes),
    confusion: counts,
    seconds: (performance.now() - began) / 1000,
  };
  // What was computed is told also where the folder cannot be written.
  for (const line of evaluationTable(evaluation)) terminal.say(line);
  if (request.json) process.stdout.write(`${JSON.stringify(evaluation)}\n`);
  await writeEvaluation(folder, evaluation);
};
