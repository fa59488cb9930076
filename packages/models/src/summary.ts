// Costs of a model, computed from its shapes: parameters, multiply-accumulates, activations.
import { wiring } from "@mlpconv/layers";
import { arrayOf, layerKind } from "@mlpconv/layers/kinds";
import type { tf } from "@mlpconv/tensor";

/** Costs of one layer. */
export interface SummaryRow {
  /** The layer's name, which is its `state_dict` path. */
  layer: string;
  /** tfjs's class name. */
  type: string;
  /** Output shape without the batch. */
  outputShape: number[];
  /** Number of trainable values. */
  parameters: number;
  /** Multiply-adds of one image's forward pass: products with weights only, without adding biases. */
  multiplyAccumulates: number;
  /** Bytes of activations for one image in float32: outputs of convolutions, pooling and dense layers. In-place layers count as 0. */
  activationBytes: number;
}

/** Costs of a model for one image, by layer and in total. */
export interface Summary {
  /** The model's name, such as "nin". */
  model: string;
  /** One row for each layer, in order. */
  rows: SummaryRow[];
  /** Number of trainable values of all layers. */
  parameters: number;
  /** Multiply-adds of all layers for one image forward. */
  multiplyAccumulates: number;
  /** Bytes of activations of all layers for one image in float32. */
  activationBytes: number;
}

const product = (numbers: readonly number[]) => numbers.reduce((a, b) => a * b, 1);
const total = (rows: SummaryRow[], column: "parameters" | "multiplyAccumulates" | "activationBytes") =>
  rows.reduce((sum, row) => sum + row[column], 0);

/** Costs of each layer and of the whole model, for one image. Only shapes are read; nothing is computed on an engine. */
export const summary = (model: tf.LayersModel): Summary => {
  const layers = wiring(model).filter(({ layer }) => !layerKind(layer.getClassName()).isInput);
  const rows = layers.map(({ layer }): SummaryRow => {
    const outputShape = (layer.outputShape as tf.Shape).slice(1).map((size) => size!);
    const type = layer.getClassName();
    const kind = layerKind(type);
    const weights = layer.weights.map(({ shape }) => product(shape.map((size) => size!)));
    return {
      layer: layer.name,
      type,
      outputShape,
      parameters: layer.weights.reduce(
        (sum, weight, i) => (arrayOf(kind, weight)?.buffer ? sum : sum + weights[i]!),
        0,
      ),
      // Each position of the output multiplies the whole kernel once.
      multiplyAccumulates: kind.multiplies ? product(outputShape.slice(0, -1)) * weights[0]! : 0,
      activationBytes: kind.inPlace ? 0 : 4 * product(outputShape),
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

/** A summary as a text table, with totals below. */
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
