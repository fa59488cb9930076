// A small Network in Network learns ten kinds of garments that are drawn by code: no download, half a minute.
// It ends with an error when it has not learned.
import { loader, synthetic } from "@mlpconv/datasets";
import { ninMnist } from "@mlpconv/models";
import { useEngine } from "@mlpconv/tensor";
import { cosine, sgd, train } from "@mlpconv/trainer";

const engine = await useEngine("auto");
console.log(`training on ${engine.name}: ${engine.device}`);

const data = synthetic({ train: 1500, test: 300, seed: 1 });
const options = { batchSize: 25, normalize: { mean: 0.286, std: 0.353 }, seed: 1 };
// A quarter of the paper's channels, logits without a last ReLU, and no dropout, as training is short.
const model = ninMnist({ ratio: 4, lastRelu: false, dropout: 0, seed: 1 });

for await (const event of train(model, {
  train: loader(data.train, { ...options, shuffle: true }),
  test: loader(data.test, options),
  optimizer: sgd({ learningRate: 0.03, momentum: 0.9 }),
  schedule: cosine({ warmup: 0.1 }),
  epochs: 3,
})) {
  if (event.type === "epoch") {
    console.log(
      `epoch ${event.epoch}: loss ${event.loss.toFixed(3)}, test accuracy ${event.testAccuracy!.toFixed(3)}`,
    );
  }
  if (event.type === "end" && event.testAccuracy! < 0.6)
    throw new Error("expected at least 0.6 test accuracy");
}
