// How one conformance case runs: the same numbers through the same function, forward and backward, on `cpu` and on the engine.
import { type Engine, stream, tf } from "@mlpconv/tensor";
import { expect } from "vitest";
import { type Kind, type Tolerance, tolerance } from "../src/index.js";

/** A tensor to be: made anew on each engine from the same host values. */
export interface Input {
  shape: readonly number[];
  dtype: "float32" | "int32";
  values: (length: number, name: string) => Float32Array | Int32Array;
}

const input =
  (dtype: Input["dtype"], values: Input["values"]) =>
  (...shape: number[]): Input => ({ shape, dtype, values });

export const normal = input("float32", (length, name) => stream(0, name).normal(length));
/** Values from 0.5 to 2: safe for division, logarithm and square root. */
export const positive = input("float32", (length, name) =>
  stream(0, name).uniform(length, { low: 0.5, high: 2 }),
);
/** 0, 1 or 2: most windows have several largest. */
export const ties = input("float32", (length, name) =>
  Float32Array.from(stream(0, name).bits(length), (bits) => bits % 3),
);
/** Whole numbers below `classes`. */
export const labels = (classes: number, ...shape: number[]): Input =>
  input("int32", (length, name) => Int32Array.from(stream(0, name).bits(length), (bits) => bits % classes))(
    ...shape,
  );

/** Takes tensors of the ranks and types that its row's inputs state, which TypeScript cannot see: `never` lets each row say its own. */
type Body = (...inputs: never[]) => tf.Tensor;

export interface Case {
  name: string;
  kind: Kind;
  inputs: readonly Input[];
  body: Body;
  /** "none" where the op has no gradient or training does not need it. Default "check". */
  gradient?: "check" | "none";
  /** The same in other words, computed on `cpu`: what makes the case a test of `cpu` too. Default `body`. */
  reference?: Body;
}

export type Row = [name: string, kind: Kind, inputs: readonly Input[], body: Body, rest?: Partial<Case>];

/** Cases as a table: name, kind of tolerance, inputs, what is computed, and what else there is to say. */
export const rows = (table: Row[]): Case[] =>
  table.map(([name, kind, inputs, body, rest]) => ({ name, kind, inputs, body, ...rest }));

/** Ends a row that compares the output alone. */
export const forward = { gradient: "none" } as const;

interface Result {
  shape: number[];
  dtype: string;
  output: ArrayLike<number>;
  gradients: ArrayLike<number>[];
}

const size = (shape: readonly number[]) => shape.reduce((a, b) => a * b, 1);

const run = async (
  { name, inputs }: Case,
  body: Body,
  gradient: NonNullable<Case["gradient"]>,
): Promise<Result> => {
  const tensors = inputs.map(({ shape, dtype, values }, i) =>
    tf.tensor(values(size(shape), `${name}.${i}`), [...shape], dtype),
  );
  const differentiable = tensors.filter((tensor) => tensor.dtype === "float32");
  const call = (...given: tf.Tensor[]) => {
    const next = given.values();
    return (body as (...inputs: tf.Tensor[]) => tf.Tensor)(
      ...tensors.map((tensor) => (tensor.dtype === "float32" ? next.next().value! : tensor)),
    );
  };
  const output = tf.tidy(() => call(...differentiable));
  const gradients =
    gradient === "none"
      ? []
      : tf.tidy(() => {
          const dy = tf.tensor(stream(0, `${name}.dy`).normal(output.size), output.shape);
          return tf.grads(call)(differentiable, dy);
        });
  const result = {
    shape: output.shape,
    dtype: output.dtype,
    output: await output.data(),
    gradients: await Promise.all(gradients.map((tensor) => tensor.data())),
  };
  tf.dispose([tensors, output, gradients]);
  return result;
};

/** Runs a case on the engine and on `cpu`, and compares outputs, gradients, shapes and types. Leaves the engine current. */
export const conform = async (
  engine: Engine,
  test: Case,
  tolerances = tolerance[engine.name],
): Promise<void> => {
  const before = tf.memory().numTensors;
  const gradient = test.gradient ?? "check";
  const actual = await run(test, test.body, gradient);
  expect(tf.memory().numTensors, "tensors left behind").toBe(before);

  await tf.setBackend("cpu");
  const expected = await run(test, test.reference ?? test.body, gradient).finally(() =>
    tf.setBackend(engine.tfjsName),
  );

  expect([actual.shape, actual.dtype]).toEqual([expected.shape, expected.dtype]);
  close(actual.output, expected.output, tolerances[test.kind], test.kind);
  expect(actual.gradients).toHaveLength(expected.gradients.length);
  actual.gradients.forEach((gradient, i) => {
    close(gradient, expected.gradients[i]!, tolerances[test.kind], test.kind);
  });
};

const close = (
  actual: ArrayLike<number>,
  expected: ArrayLike<number>,
  { rtol, atol }: Tolerance,
  kind: Kind,
): void => {
  let largest = 1;
  for (let i = 0; i < expected.length; i++) largest = Math.max(largest, Math.abs(expected[i]!));
  expect(actual).toBeAllclose(expected, { rtol, atol: kind === "sum" ? atol * largest : atol });
};
