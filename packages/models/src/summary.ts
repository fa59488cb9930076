// What a model costs, from its shapes alone: parameters, multiply-accumulates, activations.
import type { tf } from "@mlpconv/tensor";

/** What one layer costs. */
export interface SummaryRow {
  /** The layer's name: its `state_dict` path. */
  layer: string;
  /** tfjs's class name. */
  type: string;
  /** Output shape without the batch. */
  outputShape: number[];
  /** Trainable numbers. */
  parameters: number;
  /** Multiply-adds for one image forward; products with weights alone, bias additions not counted. */
  multiplyAccumulates: number;
  /** Bytes of activations for one image in float32: outputs of convolutions, pooling and dense layers. Layers that work in place count nothing. */
  activationBytes: number;
}

/** What a model costs, layer by layer and as a whole, for one image. */
export interface Summary {
  /** Its name: "nin". */
  model: string;
  /** A row a layer, in order. */
  rows: SummaryRow[];
  /** Trainable numbers of all layers. */
  parameters: number;
  /** Multiply-adds of all layers for one image forward. */
  multiplyAccumulates: number;
  /** Bytes of activations of all layers for one image in float32. */
  activationBytes: number;
}

/** These hand on what they got, or a part of it, and PyTorch's twins keep no copy. */
const inPlace = new Set([
  "Dropout",
  "Flatten",
  "Reshape",
  "ZeroPadding2D",
  "Activation",
  "ReLU",
  "InputLayer",
]);

const product = (numbers: readonly number[]) => numbers.reduce((a, b) => a * b, 1);
const total = (rows: SummaryRow[], column: "parameters" | "multiplyAccumulates" | "activationBytes") =>
  rows.reduce((sum, row) => sum + row[column], 0);

/** Costs of each layer and of the whole, for one image. Nothing is computed: shapes alone are read. */
export const summary = (model: tf.LayersModel): Summary => {
  const rows = model.layers.map((layer): SummaryRow => {
    const outputShape = (layer.outputShape as tf.Shape).slice(1).map((size) => size!);
    const type = layer.getClassName();
    const weights = layer.weights.map(({ shape }) => product(shape.map((size) => size!)));
    const multiplies = type === "Conv2D" || type === "Dense";
    return {
      layer: layer.name,
      type,
      outputShape,
      parameters: weights.reduce((a, b) => a + b, 0),
      // Each position of the output multiplies the whole kernel once.
      multiplyAccumulates: multiplies ? product(outputShape.slice(0, -1)) * weights[0]! : 0,
      activationBytes: inPlace.has(type) ? 0 : 4 * product(outputShape),
    };
  });
  return {
    model: model.name,
    rows,
    parameters: total(rows, "parameters"),
    multiplyAccumulates: total(rows, "multiplyAccumulates"),
    activationBytes: total(rows, "activationBytes"),
  };
};

const count = (value: number) => value.toLocaleString("en-US");

/** A summary as a table in text, totals below. */
export const formatSummary = ({ model, rows, ...totals }: Summary): string => {
  const cells = [
    ["layer", "type", "output", "parameters", "multiply-adds", "activations (B)"],
    ...rows.map((row) => [
      row.layer,
      row.type,
      row.outputShape.join(" x "),
      count(row.parameters),
      count(row.multiplyAccumulates),
      count(row.activationBytes),
    ]),
    [
      model,
      "",
      "",
      count(totals.parameters),
      count(totals.multiplyAccumulates),
      count(totals.activationBytes),
    ],
  ];
  const widths = cells[0]!.map((_, column) => Math.max(...cells.map((row) => row[column]!.length)));
  const lines = cells.map((row) =>
    row
      .map((cell, column) => (column < 2 ? cell.padEnd(widths[column]!) : cell.padStart(widths[column]!)))
      .join("  ")
      .trimEnd(),
  );
  const rule = "-".repeat(Math.max(...lines.map((line) => line.length)));
  return [lines[0], rule, ...lines.slice(1, -1), rule, lines.at(-1)].join("\n");
};
