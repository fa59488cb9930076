// `bench host`: measures the host's time for one training step of engine webgpu, with and without recording. Dawn's null backend accepts all
// commands and computes nothing, so no GPU is needed or waited for.
import { synthetic, loader as toBatches } from "@mlpconv/datasets";
import { type Recording, recorder, tf } from "@mlpconv/tensor";
import { type Optimizer, sgd, train } from "@mlpconv/trainer";
import { type CaseName, cases } from "./cases.js";
import { writeResults } from "./results.js";
import { median } from "./statistics.js";

/** The null backend has little memory, and the host's time does not depend on the number of images. */
const batchSize = 1;
/** Steps until pipelines are compiled, the step is recorded and V8 has optimised the code. */
const warmUp = 50;

const milliseconds = async (name: CaseName, optimizer: Optimizer, steps: number): Promise<number> => {
  const { build, size } = cases[name];
  const { train: split } = synthetic({ train: steps + warmUp, test: 1 });
  const model = build();
  const times: number[] = [];
  let before = 0;
  for await (const event of train(model, {
    train: toBatches(split, { batchSize, resize: size }),
    optimizer,
    epochs: 1,
  })) {
    if (event.type !== "step") continue;
    const sum = (event.stepInEpoch * batchSize * 1000) / event.examplesPerSecond;
    if (event.stepInEpoch > warmUp) times.push(sum - before);
    before = sum;
  }
  model.dispose();
  optimizer.dispose();
  return median(times);
};

/** Makes reads return zeros: the null backend returns arbitrary memory, which may be invalid labels or not finite. */
const readZeros = (backend: tf.KernelBackend): void => {
  const read = backend.read.bind(backend);
  backend.read = async (dataId) => ((await read(dataId)) as Float32Array).fill(0);
};

export const benchHost = async ({ cases: names, steps }: { cases: CaseName[]; steps: number }) => {
  process.env.MLPCONV_WEBGPU = "null";
  // Imported late, because it reads the environment when it is loaded.
  const { prepare } = await import("@mlpconv/engine-webgpu");
  await prepare();
  await tf.setBackend("webgpu");
  readZeros(tf.backend());
  const engine = recorder()!;
  const rows = [];
  for (const name of names) {
    const recordings: Recording[] = [];
    const capture = engine.capture.bind(engine);
    engine.capture = (body) => {
      const recording = capture(body);
      if (recording) recordings.push(recording);
      return recording;
    };
    const optimizer = () => sgd({ learningRate: 0.01, momentum: 0.9 });
    const { replayAttributes: _, ...plain } = optimizer();
    const row = {
      case: name,
      plainMilliseconds: await milliseconds(name, plain, Math.ceil(steps / 10)),
      recordedMilliseconds: await milliseconds(name, optimizer(), steps),
      dispatches: recordings.reduce((sum, { dispatches }) => sum + dispatches, 0),
    };
    engine.capture = capture;
    rows.push(row);
    console.log(
      `${name}: ${row.dispatches} dispatches; host ${row.recordedMilliseconds.toFixed(2)} ms a step, ${row.plainMilliseconds.toFixed(1)} ms unrecorded`,
    );
  }
  console.log(`written to ${writeResults("host", "webgpu", undefined, { steps, rows })}`);
  // Dawn would keep the process alive.
  process.exit(0);
};
