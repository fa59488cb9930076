// What `evaluate` does, in order: run, engine, weights, data, one pass, table and file.

import type { Terminal } from "@mlpconv/cli-kit";
import { count, findDataOfRun, findRun } from "@mlpconv/cli-kit";
import { type DatasetList, loader, testOptions } from "@mlpconv/datasets";
import { evaluationOf, loadRun, weightsWords, writeEvaluation } from "@mlpconv/runs/node";
import { useEngine } from "@mlpconv/tensor";
import { testImages } from "@mlpconv/trainer";
import { deviceWords } from "../train/first-lines.js";
import type { EvaluateRequest } from "./options.js";
import { evaluationTable } from "./table.js";

export const evaluateRun = async (
  request: EvaluateRequest,
  { terminal, known }: { terminal: Terminal; known: DatasetList },
): Promise<void> => {
  const found = await findRun("evaluate", request.run, request.weights);
  const engine = await useEngine(request.engine);
  const run = await loadRun(found);
  const { config, model, folder } = run;
  terminal.say(
    `${config.model} from ${folder} (${weightsWords(run)}) at ${config.resize}x${config.resize} pixels on ${deviceWords(engine)}`,
  );
  const data = await findDataOfRun(config, known, request.data, terminal, folder);

  const images = loader(data.test, testOptions(config));
  const evaluation = await evaluationOf(run, testImages(model, images, { where: "evaluate" }), {
    engine: engine.name,
    onBatch: ({ first, labels }) =>
      terminal.live(() => `tested ${count(first + labels.length)} of ${count(images.examples)} images`),
  });
  // What was computed is told also where the folder cannot be written.
  for (const line of evaluationTable(evaluation)) terminal.say(line);
  if (request.json) process.stdout.write(`${JSON.stringify(evaluation)}\n`);
  await writeEvaluation(folder, evaluation);
};
