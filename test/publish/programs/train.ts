// What a user of the packages writes: six steps of ninMnist on each engine that was installed, then the model saved for others.
// Run as JavaScript and type-checked as TypeScript, so its types are all inferred.
import { writeFileSync } from "node:fs";
import { loader, synthetic } from "@mlpconv/datasets";
import { ninMnist } from "@mlpconv/models";
import { engines, tf, useEngine } from "@mlpconv/tensor";
import { sgd, train } from "@mlpconv/trainer";
import { saveModel } from "@mlpconv/weights/node";

const data = synthetic({ train: 24, test: 10 });
const found = await engines();
const names = found.flatMap((engine) => (engine.usable ? [engine.name] : []));
const losses = [];
let model = ninMnist({ ratio: 8, lastRelu: false });
for (const name of names) {
  await useEngine(name);
  model = ninMnist({ ratio: 8, lastRelu: false, seed: 1 });
  const seen = [];
  for await (const event of train(model, {
    train: loader(data.train, { batchSize: 4, shuffle: true, seed: 1 }),
    optimizer: sgd({ learningRate: 0.02, momentum: 0.9 }),
    epochs: 1,
  })) {
    if (event.type === "step") seen.push(event.loss);
  }
  losses.push({ name, steps: seen.length, loss: seen.at(-1) });
}

await saveModel(model, "saved");
const images = tf.zeros([1, 28, 28, 1]);
const logits = model.predict(images);
if (!(logits instanceof tf.Tensor)) throw new Error("expected one output");
writeFileSync("saved/logits.json", JSON.stringify(Array.from(await logits.data())));
console.log(JSON.stringify(losses));
