// A net as a report draws it: its layers with their windows and costs, read from the model itself.
import { wiring } from "@mlpconv/layers";
import { layerKind } from "@mlpconv/layers/kinds";
import { summary } from "@mlpconv/models";
import type { tf } from "@mlpconv/tensor";
import type { Layer, NetDescription as Net } from "../files/analysis.js";

/**
 * The layers of a model with their windows and costs: plain JSON, read from shapes alone.
 *
 * @param name name of the net, as people call it
 */
export const describeNet = (name: string, model: tf.LayersModel): Net => {
  const rows = new Map(summary(model).rows.map((row) => [row.layer, row]));
  const layers: Layer[] = [];
  // Zeros that a layer of their own adds are the next layer's padding, as PyTorch has it.
  let zeros = 0;
  /** The layer in the list that stands for each of the model's; "" for the image. */
  const drawn = new Map<tf.layers.Layer, string>();
  for (const { layer, inputs } of wiring(model)) {
    const { isInput, padsNext } = layerKind(layer.getClassName());
    const sources = inputs.length === 0 ? [""] : inputs.map((input) => drawn.get(input)!);
    if (isInput) {
      drawn.set(layer, "");
      continue;
    }
    const { type, ...row } = rows.get(layer.name)!;
    const settings = layer.getConfig() as Settings;
    if (padsNext) {
      zeros = (settings.padding as number[][])[0]![0]!;
      drawn.set(layer, sources[0]!);
      continue;
    }
    const { layer: path, ...costs } = row;
    const isNext = sources.length === 1 && sources[0] === (layers.at(-1)?.name ?? "");
    layers.push({
      name: path,
      kind: type,
      ...costs,
      ...windowOf(settings, zeros),
      ...extras(settings),
      ...(!isNext && { inputs: sources }),
    });
    drawn.set(layer, path);
    zeros = 0;
  }
  const inputShape = model.inputs[0]!.shape.slice(1).map((side) => side!);
  return { name, inputShape, layers };
};

/** What tfjs's layers say of themselves, of what is drawn. */
interface Settings {
  kernelSize?: number[];
  poolSize?: number[];
  strides?: number[];
  padding?: "same" | "valid" | number[][];
  activation?: string;
  rate?: number;
}

const windowOf = ({ kernelSize, poolSize, strides, padding }: Settings, zeros: number) => {
  const kernel = (kernelSize ?? poolSize)?.[0];
  if (kernel === undefined) return {};
  const stride = strides?.[0] ?? 1;
  // "same" pooling stands for windows that hang over the edge (ceil mode), which PyTorch does not call padding.
  const same = padding === "same" && kernelSize !== undefined ? (kernel - 1) / 2 : 0;
  return { kernel, stride, padding: zeros + same };
};

const extras = ({ activation, rate }: Settings) => ({
  ...(activation !== undefined && activation !== "linear" && { activation }),
  ...(rate !== undefined && { rate }),
});
