// Kernels that read or write rows by their indices: GatherV2, GatherNd, ScatterNd, TensorScatterUpdate, OneHot.
import { backend_util, type TensorInfo, util } from "@tensorflow/tfjs-core";
import { isNumberType } from "../backend.js";
import { copyBox, fill, isNumberTensor, newTensor, stridesOf } from "../box.js";
import { expectShape } from "../geometry.js";
import { cpuKernel, kernel } from "../kernel.js";

const outside = (where: string, index: number, size: number, place: string): RangeError =>
  new RangeError(`${where}: expected indices from 0 to ${size - 1}, got ${index} at ${place}`);

const stockGather = cpuKernel("GatherV2");
const gather = kernel<Record<"x" | "indices", TensorInfo>, { axis: number; batchDims?: number }>(
  "GatherV2",
  (inputs, attributes, backend) => {
    const { x, indices } = inputs;
    if (!isNumberTensor(x)) return stockGather(inputs, attributes, backend);
    const [axis = 0] = util.parseAxisParam(attributes.axis, x.shape);
    const info = backend_util.segment_util.collectGatherOpShapeInfo(
      x,
      indices,
      axis,
      attributes.batchDims ?? 0,
    );
    const { batchSize, outerSize, dimSize, sliceSize, outputShape } = info;
    const chosen = backend.integers(indices);
    for (let i = 0; i < chosen.length; i++) {
      const index = chosen[i]!;
      if (index < 0 || index >= dimSize) throw outside("GatherV2", index, dimSize, `place ${i}`);
    }
    const count = chosen.length;
    return newTensor(backend, outputShape, x.dtype, (y) => {
      const values = backend.numbers(y);
      if (values.length === 0) return;
      backend.library.call(
        "mlpconv_gather",
        batchSize * outerSize,
        outerSize,
        dimSize,
        count / batchSize,
        sliceSize * values.BYTES_PER_ELEMENT,
        backend.integers(indices),
        backend.numbers(x),
        values,
      );
    });
  },
);

/** Numbers of the rows that indices [..., axes.length] name, in a tensor whose first axes have these sizes. */
const rowNumbers = (where: string, indices: Int32Array, axes: readonly number[]): Int32Array => {
  const strides = stridesOf(axes);
  const rows = new Int32Array(axes.length === 0 ? 0 : indices.length / axes.length);
  for (let i = 0, at = 0; i < rows.length; i++) {
    let row = 0;
    for (let axis = 0; axis < axes.length; axis++, at++) {
      const [index, size] = [indices[at]!, axes[axis]!];
      if (index < 0 || index >= size) throw outside(where, index, size, `place ${i}, axis ${axis}`);
      row += index * strides[axis]!;
    }
    rows[i] = row;
  }
  return rows;
};

const stockGatherNd = cpuKernel("GatherNd");
const gatherNd = kernel<Record<"params" | "indices", TensorInfo>, undefined>(
  "GatherNd",
  (inputs, attributes, backend) => {
    const { params, indices } = inputs;
    const depth = indices.shape.at(-1);
    if (!isNumberTensor(params) || depth === 0) return stockGatherNd(inputs, attributes, backend);
    const [shape, count, sliceSize] = backend_util.prepareAndValidate(params, indices);
    const rows = rowNumbers("GatherNd", backend.integers(indices), params.shape.slice(0, depth));
    return newTensor(backend, shape, params.dtype, (y) => {
      const values = backend.numbers(y);
      if (values.length === 0) return;
      const bytes = sliceSize * values.BYTES_PER_ELEMENT;
      const length = util.sizeFromShape(params.shape) / sliceSize;
      const from = backend.numbers(params);
      backend.library.call("mlpconv_gather", 1, 1, length, count, bytes, rows, from, values);
    });
  },
);

/** Operations of `mlpconv_scatter`, in the order of `enum ScatterOp` in native/kernels.h. */
const scatterOps = ["set", "float32", "int32"];

/** What is written where: rows of y, of so many values. @throws Error when the updates do not fit */
const scattering = (
  where: string,
  indices: TensorInfo,
  values: Int32Array,
  updates: TensorInfo,
  shape: readonly number[],
): { rows: Int32Array; inner: number } => {
  const depth = indices.shape.length > 1 ? indices.shape.at(-1)! : 1;
  if (depth < 1 || depth > shape.length)
    throw new Error(
      `${where}: expected indices of 1 to ${shape.length} axes of [${shape}], got [${indices.shape}]`,
    );
  const outer = indices.shape.length > 1 ? indices.shape.slice(0, -1) : indices.shape;
  const inner = shape.slice(depth);
  expectShape(where, "updates", updates.shape, [...outer, ...inner]);
  return { rows: rowNumbers(where, values, shape.slice(0, depth)), inner: util.sizeFromShape(inner) };
};

const stockScatter = cpuKernel("ScatterNd");
const scatterNd = kernel<Record<"indices" | "updates", TensorInfo>, { shape: number[] }>(
  "ScatterNd",
  (inputs, attributes, backend) => {
    const { indices, updates } = inputs;
    const { shape } = attributes;
    const op = scatterOps.indexOf(updates.dtype);
    if (op < 0 || !isNumberTensor(updates)) return stockScatter(inputs, attributes, backend);
    const { rows, inner } = scattering("ScatterNd", indices, backend.integers(indices), updates, shape);
    return newTensor(backend, shape, updates.dtype, (y) => {
      fill(backend, y, 0);
      if (rows.length === 0 || inner === 0) return;
      const [from, to] = [backend.numbers(updates), backend.numbers(y)];
      backend.library.call("mlpconv_scatter", op, rows.length, inner, rows, from, to);
    });
  },
);

const whole = { begin: 0, strides: [1] };

const stockTensorScatter = cpuKernel("TensorScatterUpdate");
const tensorScatterUpdate = kernel<Record<"tensor" | "indices" | "updates", TensorInfo>, undefined>(
  "TensorScatterUpdate",
  (inputs, attributes, backend) => {
    const { tensor, indices, updates } = inputs;
    if (!isNumberTensor(tensor) || !isNumberTensor(updates) || updates.dtype !== tensor.dtype)
      return stockTensorScatter(inputs, attributes, backend);
    const where = "TensorScatterUpdate";
    const { rows, inner } = scattering(where, indices, backend.integers(indices), updates, tensor.shape);
    return newTensor(backend, tensor.shape, tensor.dtype, (y) => {
      copyBox(backend, [util.sizeFromShape(tensor.shape)], tensor, whole, y, whole);
      if (rows.length === 0 || inner === 0) return;
      const [from, to] = [backend.numbers(updates), backend.numbers(y)];
      const bytes = inner * to.BYTES_PER_ELEMENT;
      backend.library.call("mlpconv_scatter", 0, rows.length, bytes, rows, from, to);
    });
  },
);

interface OneHotAttributes {
  dtype: string;
  depth: number;
  onValue: number;
  offValue: number;
}

const stockOneHot = cpuKernel("OneHot");
const oneHot = kernel<Record<"indices", TensorInfo>, OneHotAttributes>(
  "OneHot",
  (inputs, attributes, backend) => {
    const { indices } = inputs;
    const { dtype, depth, onValue, offValue } = attributes;
    if (!isNumberType(dtype) || indices.dtype !== "int32") return stockOneHot(inputs, attributes, backend);
    return newTensor(backend, [...indices.shape, depth], dtype, (y) => {
      fill(backend, y, offValue);
      const [chosen, values] = [backend.integers(indices), backend.numbers(y)];
      for (let i = 0; i < chosen.length; i++) {
        const index = chosen[i]!;
        if (index >= 0 && index < depth) values[i * depth + index] = onValue;
      }
    });
  },
);

export const gatherKernels = [gather, gatherNd, oneHot, scatterNd, tensorScatterUpdate];
