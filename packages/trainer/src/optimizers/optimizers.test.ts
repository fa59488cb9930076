// Each optimiser against the weights that torch.optim (2.13) ends with after the same two gradients.
import { tf, useEngine } from "@mlpconv/tensor";
import { beforeAll, describe, expect, test } from "vitest";
import {
  adam,
  adamw,
  averageWeights,
  clipGradients,
  muon,
  type Optimizer,
  rmsprop,
  scaleRates,
  sgd,
} from "../index.js";

beforeAll(() => useEngine("cpu"));

const GRADIENTS = [
  [0.5, -1, 0.25, 2],
  [-0.5, 0.1, 0.3, 1],
];

/** The weights [[1, -2], [0.5, 3]] after both gradients; as a vector with `shape` [4]. */
const trained = (optimizer: Optimizer, shape: number[] = [2, 2]): number[] => {
  const before = tf.memory().numTensors;
  const weights = tf.variable(tf.tensor([1, -2, 0.5, 3], shape));
  for (const gradient of GRADIENTS) {
    const gradients = { [weights.name]: tf.tensor(gradient, shape) };
    optimizer.update([weights], gradients, optimizer.learningRate);
    tf.dispose(gradients);
  }
  const values = [...weights.dataSync()];
  weights.dispose();
  optimizer.dispose();
  expect(tf.memory().numTensors - before).toBe(1); // the initial tensor that the variable was made from
  return values;
};

describe("an optimiser moves weights as PyTorch's does", () => {
  test.each([
    { name: "sgd", optimizer: sgd({ learningRate: 0.1 }), expected: [1, -1.91, 0.445, 2.7] },
    {
      name: "sgd with momentum",
      optimizer: sgd({ learningRate: 0.1, momentum: 0.9 }),
      expected: [0.955, -1.82, 0.4225, 2.52],
    },
    {
      name: "sgd with nesterov",
      optimizer: sgd({ learningRate: 0.1, momentum: 0.9, nesterov: true }),
      expected: [0.9595, -1.748, 0.37525, 2.268],
    },
    {
      name: "adam",
      optimizer: adam({ learningRate: 0.1 }),
      expected: [0.9052632, -1.8407351, 0.2999387, 2.8067822],
    },
    {
      name: "adamw",
      optimizer: adamw({ learningRate: 0.1, weightDecay: 0.05 }),
      expected: [0.8957882, -1.8212851, 0.2954512, 2.7773573],
    },
  ])("$name", ({ optimizer, expected }) => {
    for (const [i, value] of trained(optimizer).entries()) expect(value).toBeCloseTo(expected[i]!, 5);
  });

  test("Muon takes a tall matrix, and a filter as a matrix with a column for each output channel", () => {
    // torch 2.15 as below, of shape [3, 2].
    const expected = [0.87901632, -1.846445, 0.48949896, 2.7325942, -0.030205978, -0.18513276];
    for (const shape of [
      [3, 2],
      [3, 1, 1, 2],
    ]) {
      const weights = tf.variable(tf.tensor([1, -2, 0.5, 3, 0, -0.25], shape));
      const optimizer = muon({ learningRate: 0.1, momentum: 0.9, weightDecay: 0.05 });
      for (let t = 0; t < 20; t++) {
        const values = Array.from({ length: 6 }, (_, i) => Math.sin(3 * t + 1.7 * i + 1) * (1 + i / 2));
        optimizer.update([weights], { [weights.name]: tf.tensor(values, shape) }, 0.1);
      }
      for (const [i, value] of weights.dataSync().entries()) expect(value).toBeCloseTo(expected[i]!, 5);
    }
  });

  test("Muon trains vectors by Adam", () => {
    const [one, other] = [muon({ learningRate: 0.1, weightDecay: 0.5 }), adam({ learningRate: 0.1 })];
    expect(trained(one, [4])).toEqual(trained(other, [4]));
  });

  test("weight decay shrinks weights and leaves biases", () => {
    const decayed = sgd({ learningRate: 0.1, weightDecay: 0.5 });
    const plain = trained(sgd({ learningRate: 0.1 }), [4]);
    expect(trained(decayed, [4])).toEqual(plain);
    // w1 = 0.95 * 1 - 0.05 = 0.9;  w2 = 0.95 * 0.9 + 0.05
    expect(trained(decayed)[0]).toBeCloseTo(0.905, 5);
  });
});

describe("an optimiser has PyTorch's weights after 20 steps", () => {
  const momentum = { learningRate: 0.1, momentum: 0.9 };
  // torch 2.13, gradient i of step t: sin(3t + 1.7i + 1) * (1 + i / 2).
  const cases: [name: string, make: () => Optimizer, expected: number[]][] = [
    [
      "SGD",
      () => sgd({ learningRate: 0.1 }),
      [0.90678966, -2.0318327, 0.69735825, 2.9894838, -0.29278532, -0.14725508],
    ],
    [
      "SGD with momentum",
      () => sgd(momentum),
      [0.58529824, -2.2464406, 1.414077, 3.1163008, -1.4070789, 0.010199268],
    ],
    [
      "SGD with Nesterov momentum",
      () => sgd({ ...momentum, nesterov: true }),
      [0.53355813, -2.2536299, 1.5200274, 3.0941536, -1.5591564, 0.086924255],
    ],
    [
      "Adam",
      () => adam({ learningRate: 0.1 }),
      [0.79091752, -2.131825, 0.6997453, 3.0993338, -0.19001971, -0.034666136],
    ],
    [
      "AdamW",
      () => adamw({ learningRate: 0.1, weightDecay: 0.05 }),
      [0.71108496, -1.9300655, 0.63719267, 2.8044131, -0.1757699, -0.029232305],
    ],
    [
      "RMSprop",
      () => rmsprop({ learningRate: 0.01 }),
      [0.92216647, -2.0583353, 0.57790971, 3.050772, -0.076799557, -0.12312399],
    ],
    [
      "RMSprop with momentum",
      () => rmsprop({ learningRate: 0.01, momentum: 0.9, alpha: 0.95, epsilon: 1e-6 }),
      [0.75401908, -2.2265472, 0.74428767, 3.2119627, -0.24269299, 0.22512083],
    ],
    // torch 2.15, adjust_lr_fn "match_rms_adamw", its iteration in full precision instead of bfloat16.
    [
      "Muon",
      () => muon({ learningRate: 0.1, momentum: 0.9, weightDecay: 0.05 }),
      [0.87778275, -1.7881511, 0.5045151, 2.7171071, -0.067885208, -0.21431542],
    ],
    [
      "Muon without Nesterov momentum",
      () => muon({ learningRate: 0.1, momentum: 0.9, weightDecay: 0.05, nesterov: false }),
      [0.83861603, -1.7514284, 0.58349004, 2.7209894, -0.16717018, -0.19474856],
    ],
    [
      "SGD with clipped gradients",
      () => clipGradients(sgd(momentum), 1.5),
      [0.83489156, -2.0980675, 0.86391157, 3.0462251, -0.56016153, -0.14631018],
    ],
  ];
  const steps = (optimizer: Optimizer, weights: tf.Variable, from = 0, to = 20) => {
    for (let t = from; t < to; t++) {
      const values = Array.from({ length: 6 }, (_, i) => Math.sin(3 * t + 1.7 * i + 1) * (1 + i / 2));
      const gradients = { [weights.name]: tf.tensor(values, [2, 3]) };
      optimizer.update([weights], gradients, optimizer.learningRate);
      tf.dispose(gradients);
    }
  };
  const start = () => tf.tidy(() => tf.variable(tf.tensor([1, -2, 0.5, 3, 0, -0.25], [2, 3])));

  test.each(cases)("%s", (_, make, expected) => {
    const before = tf.memory().numTensors;
    const weights = start();
    const optimizer = make();
    steps(optimizer, weights);
    for (const [i, value] of weights.dataSync().entries())
      expect(Math.abs(value - expected[i]!), `weight ${i}`).toBeLessThan(1e-6 * Math.max(1, Math.abs(value)));
    weights.dispose();
    optimizer.dispose();
    expect(tf.memory().numTensors).toBe(before);
  });

  // torch 2.15: both groups get the same gradients, the first with a fifth of the rate.
  const groups: [
    name: string,
    make: (scaled: tf.Variable) => Optimizer,
    first: number[],
    second: number[],
  ][] = [
    [
      "SGD with momentum",
      (scaled) => scaleRates(sgd(momentum), (variable) => (variable === scaled ? 0.2 : 1)),
      [0.91705972, -2.0492885, 0.68281537, 3.0232599, -0.28141573, -0.19796017],
      [0.58529824, -2.2464406, 1.414077, 3.1163008, -1.4070789, 0.010199268],
    ],
    [
      "AdamW",
      (scaled) =>
        scaleRates(adamw({ learningRate: 0.1, weightDecay: 0.05 }), (variable) =>
          variable === scaled ? 0.2 : 1,
        ),
      [0.93901509, -1.986289, 0.52942985, 2.9600718, -0.037415236, -0.2027427],
      [0.71108496, -1.9300655, 0.63719267, 2.8044131, -0.1757699, -0.029232305],
    ],
    [
      "SGD with gradients that are clipped together",
      (scaled) =>
        clipGradients(
          scaleRates(sgd(momentum), (variable) => (variable === scaled ? 0.2 : 1)),
          1.5,
        ),
      [0.97665018, -2.0138695, 0.55146492, 3.0065367, -0.079218827, -0.23533607],
      [0.88325065, -2.069344, 0.75732452, 3.032686, -0.39609417, -0.17668025],
    ],
  ];

  test.each(groups)("%s in parameter groups with rates of their own", (_, make, first, second) => {
    const before = tf.memory().numTensors;
    const both = [start(), start()] as const;
    const optimizer = make(both[0]);
    for (let t = 0; t < 20; t++) {
      const values = Array.from({ length: 6 }, (_, i) => Math.sin(3 * t + 1.7 * i + 1) * (1 + i / 2));
      const gradients = Object.fromEntries(both.map(({ name }) => [name, tf.tensor(values, [2, 3])]));
      optimizer.update(both, gradients, optimizer.learningRate);
      tf.dispose(gradients);
    }
    expect(optimizer.step).toBe(20);
    for (const [weights, expected] of [[both[0], first] as const, [both[1], second] as const])
      for (const [i, value] of weights.dataSync().entries())
        expect(Math.abs(value - expected[i]!), `weight ${i}`).toBeLessThan(
          1e-6 * Math.max(1, Math.abs(value)),
        );
    for (const each of [...both, optimizer]) each.dispose();
    expect(tf.memory().numTensors).toBe(before);
  });

  test.each<[string, () => Optimizer, memory: string[], expected: number[]]>([
    [
      "SGD",
      () => sgd(momentum),
      ["velocity"],
      [0.64507228, -2.2195361, 1.2852851, 3.1129453, -1.2128533, -0.043494631],
    ],
    [
      "RMSprop",
      () => rmsprop({ learningRate: 0.01, momentum: 0.9, alpha: 0.95, epsilon: 1e-6 }),
      ["square", "velocity"],
      [0.78104424, -2.20439, 0.71717989, 3.1922686, -0.21569507, 0.17634553],
    ],
  ])(
    "averages of weights by %s are those of torch.optim.swa_utils, also after a continuation from its state",
    (_, inner, memory, expected) => {
      const make = () => averageWeights(inner(), 0.8);
      const before = tf.memory().numTensors;
      const [weights, copy] = [start(), start()];
      const [one, other] = [make(), make()];
      steps(one, weights, 0, 7);
      const copyTo = (to: tf.Variable, from: tf.Tensor) => tf.tidy(() => to.assign(tf.mul(from, 1)));
      copyTo(copy, weights);
      const [state, restored] = [one.state([weights]), other.state([copy])];
      expect(Object.keys(state)).toEqual([...memory, "average"]);
      for (const name of Object.keys(state)) copyTo(restored[name]![0]!, state[name]![0]!);
      other.step = one.step;
      steps(one, weights, 7);
      steps(other, copy, 7);
      const average = one.averages!([weights])[0]!.dataSync();
      for (const [i, value] of average.entries()) expect(Math.abs(value - expected[i]!)).toBeLessThan(2e-6);
      expect(other.averages!([copy])[0]!.dataSync()).toEqual(average);
      expect(weights.dataSync()).toEqual(copy.dataSync());
      for (const each of [weights, copy, one, other]) each.dispose();
      expect(tf.memory().numTensors).toBe(before);
    },
  );
});

describe("averages of the weights", () => {
  test("are the weights before the first update, also where these have changed since", () => {
    const weights = tf.variable(tf.tensor1d([1, 2]));
    const optimizer = averageWeights(sgd({ learningRate: 0.5 }), 0.5);
    expect([...optimizer.averages!([weights])[0]!.dataSync()]).toEqual([1, 2]);
    weights.assign(tf.tensor1d([4, 8]));
    expect([...optimizer.averages!([weights])[0]!.dataSync()]).toEqual([4, 8]);
    optimizer.update([weights], { [weights.name]: tf.ones([2]) }, 2);
    expect([...optimizer.averages!([weights])[0]!.dataSync()]).toEqual([3, 7]);
  });
});

describe("what an optimiser remembers", () => {
  const gradients = (weights: tf.Variable, values: number[]) => ({
    [weights.name]: tf.tensor(values, weights.shape),
  });

  test.each([
    { name: "sgd", make: () => sgd({ learningRate: 0.1 }), names: [] },
    { name: "sgd with momentum", make: () => sgd({ learningRate: 0.1, momentum: 0.9 }), names: ["velocity"] },
    { name: "adamw", make: () => adamw({ learningRate: 0.1 }), names: ["mean", "square"] },
    {
      name: "averages of rmsprop with momentum",
      make: () => averageWeights(rmsprop({ learningRate: 0.1, momentum: 0.9 }), 0.5),
      names: ["square", "velocity", "average"],
    },
    { name: "muon", make: () => muon({ learningRate: 0.1 }), names: ["momentum", "mean", "square"] },
  ])("$name goes on where another left off, given its step and state", ({ make, names }) => {
    const [one, other] = [make(), make()];
    const [weights, copy] = [tf.variable(tf.ones([2, 2])), tf.variable(tf.ones([2, 2]))];
    one.update([weights], gradients(weights, GRADIENTS[0]!), 0.1);
    copy.assign(weights.clone());
    other.step = one.step;
    if (one.counts) other.counts?.set([copy], one.counts.get([weights]));
    const [state, restored] = [one.state([weights]), other.state([copy])];
    expect(Object.keys(state)).toEqual(names);
    for (const name of names) restored[name]![0]?.assign(state[name]![0]!.clone());

    one.update([weights], gradients(weights, GRADIENTS[1]!), 0.1);
    other.update([copy], gradients(copy, GRADIENTS[1]!), 0.1);
    expect(copy.dataSync()).toEqual(weights.dataSync());
    expect(other.step).toBe(2);
  });
});

describe("Adam corrects for the updates of each variable, as PyTorch's", () => {
  const options = { learningRate: 0.1 };
  const step = (optimizer: Optimizer, weights: tf.Variable[], value: number) =>
    optimizer.update(
      weights,
      Object.fromEntries(weights.map((weight) => [weight.name, tf.fill(weight.shape, value)])),
      0.1,
    );

  test("one that joins late moves by the learning rate at its first update", () => {
    // torch 2.13: p.grad = None for b in the first two steps, then 1: b = 1 - 0.1.
    const [a, b] = [tf.variable(tf.ones([2])), tf.variable(tf.ones([2]))];
    const optimizer = adam(options);
    step(optimizer, [a], 1);
    step(optimizer, [a], 1);
    step(optimizer, [a, b], 1);
    expect(b.dataSync()[0]).toBeCloseTo(0.9, 6);
    expect(optimizer.counts!.get([a, b])).toEqual([3, 1]);
  });

  test("two models with one optimiser move as with one each", () => {
    const [a, b, alone] = [1, 2, 3].map(() => tf.variable(tf.ones([2]))) as [
      tf.Variable,
      tf.Variable,
      tf.Variable,
    ];
    const [shared, own] = [adam(options), adam(options)];
    for (const value of [1, -0.5, 0.25]) {
      step(shared, [a], value);
      step(shared, [b], value);
      step(own, [alone], value);
    }
    expect(a.dataSync()).toEqual(alone.dataSync());
    expect(b.dataSync()).toEqual(alone.dataSync());
  });

  test("a variable without a gradient stays as it is and is not counted", () => {
    const [a, b] = [tf.variable(tf.ones([2])), tf.variable(tf.ones([2]))];
    for (const optimizer of [adam(options), sgd(options)]) {
      optimizer.update([a, b], { [a.name]: tf.ones([2]) }, 0.1);
      expect([...b.dataSync()]).toEqual([1, 1]);
      expect(optimizer.counts?.get([a, b]) ?? [1, 0]).toEqual([1, 0]);
    }
  });

  test("starts over after dispose", () => {
    const weights = tf.variable(tf.ones([1]));
    const optimizer = adam(options);
    step(optimizer, [weights], 1);
    optimizer.dispose();
    expect(optimizer.counts!.get([weights])).toEqual([0]);
  });
});

describe("an optimiser refuses", () => {
  test.each([
    {
      make: () => sgd({ learningRate: Number.NaN }),
      message: "sgd: expected learningRate to be at least 0 and finite, got NaN",
    },
    {
      make: () => sgd({ learningRate: 0.1, momentum: 1 }),
      message: "expected momentum to be at least 0 and below 1, got 1",
    },
    {
      make: () => sgd({ learningRate: 0.1, nesterov: true }),
      message: "expected momentum above 0 with nesterov, got 0",
    },
    {
      make: () => muon({ momentum: 1 }),
      message: "muon: expected momentum to be at least 0 and below 1, got 1",
    },
    {
      make: () => rmsprop({ alpha: 1 }),
      message: "rmsprop: expected alpha to be at least 0 and below 1, got 1",
    },
    {
      make: () => clipGradients(sgd({ learningRate: 0.1 }), 0),
      message: "clipGradients: expected maxNorm to be at least",
    },
    {
      make: () => averageWeights(sgd({ learningRate: 0.1 }), 1),
      message: "averageWeights: expected decay to be at least 0 and below 1, got 1",
    },
    {
      make: () => {
        const weights = tf.variable(tf.ones([1]), true, "scaled");
        return scaleRates(sgd({ learningRate: 0.1 }), () => -1).update([weights], {}, 0.1) as never;
      },
      message: "scaleRates: expected the factor of scaled to be at least 0 and finite, got -1",
    },
    {
      make: () => adam({ beta1: 2, epsilon: -1 }),
      message: "got 2; expected epsilon to be at least 0 and finite, got -1",
    },
  ])("$message", ({ make, message }) => expect(make).toThrow(message));
});
