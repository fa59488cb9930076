// Slice, with its arguments checked: the stock kernel copies what lies behind a tensor.
import { slice_util, type Tensor, type TensorInfo } from "@tensorflow/tfjs-core";
import { kernel, stock } from "../kernel.js";

const stockSlice = stock("Slice");

export const slice = kernel<Record<"x", TensorInfo>, { begin: number | number[]; size: number | number[] }>(
  "Slice",
  ({ x }, attrs, backend) => {
    // Typed for tensors, but it reads the shape alone.
    const tensor = x as Tensor;
    const [begin = [], size = []] = slice_util.parseSliceParams(tensor, attrs.begin, attrs.size);
    slice_util.assertParamsValid(tensor, begin, size);
    return stockSlice({ x }, { ...attrs }, backend);
  },
);
