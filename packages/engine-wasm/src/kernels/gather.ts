// GatherV2, which the stock kernel gives another shape when there is nothing to gather from.
import { type GatherV2Attrs, type TensorInfo, util } from "@tensorflow/tfjs-core";
import { kernel, stock } from "../kernel.js";

const stockGather = stock("GatherV2");

export const gather = kernel<Record<"x" | "indices", TensorInfo>, GatherV2Attrs>(
  "GatherV2",
  ({ x, indices }, attrs, backend) => {
    const result = stockGather({ x, indices }, { ...attrs }, backend);
    if (util.sizeFromShape(result.shape) > 0) return result;
    const [axis = 0] = util.parseAxisParam(attrs.axis, x.shape);
    const { batchDims } = attrs;
    return {
      ...result,
      shape: [...x.shape.slice(0, axis), ...indices.shape.slice(batchDims), ...x.shape.slice(axis + 1)],
    };
  },
);
