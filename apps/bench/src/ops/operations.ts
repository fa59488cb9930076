// One or more calls for each kernel that tfjs's own wasm backend registers, by the kernel's name: `Max`, and `Max 0` for another way to call it.
import { tf } from "@mlpconv/tensor";

const random = <R extends tf.Rank>(...shape: number[]) =>
  tf.randomUniform<R>(shape as tf.ShapeMap[R], 0.1, 1, "float32", 1);

/** Calls of kernels for which tfjs has no operation, such as gradients of other kernels. */
const run = (kernelName: string, inputs: tf.NamedTensorMap, attributes: object = {}) =>
  tf.engine().runKernel(kernelName, inputs, attributes as tf.NamedAttrMap) as tf.Tensor | tf.Tensor[];

/** The calls on the current backend. The tensors that they use are made once and kept. */
export const operations = (): Record<string, () => unknown> => {
  const m = random<tf.Rank.R2>(512, 512);
  const small = random<tf.Rank.R2>(64, 10);
  const row = random<tf.Rank.R1>(512);
  const v = random<tf.Rank.R1>(100_000);
  const ints = tf.cast(tf.mul(m, 100), "int32");
  const mask = tf.greater(m, 0.5);
  const x = random<tf.Rank.R4>(16, 48, 48, 32);
  const image = random<tf.Rank.R4>(4, 64, 64, 3);
  const channel = random<tf.Rank.R1>(32);
  const filter = random<tf.Rank.R4>(3, 3, 32, 32);
  const depthwise = random<tf.Rank.R4>(3, 3, 32, 1);
  const volume = random<tf.Rank.R5>(1, 8, 16, 16, 8);
  const volumeFilter = random<tf.Rank.R5>(3, 3, 3, 8, 8);
  const dilation = random<tf.Rank.R3>(3, 3, 3);
  const even = tf.range(0, 512, 2, "int32");
  const places = tf.reshape(even, [256, 1]);
  const half = tf.gather(m, even);
  const boxes = tf.tensor2d([[0, 0, 1, 1]]);
  const manyBoxes = tf.concat(
    [random<tf.Rank.R2>(200, 2), tf.add(random<tf.Rank.R2>(200, 2), 0.3)],
    1,
  ) as tf.Tensor2D;
  const scores = random<tf.Rank.R1>(200);
  const sorted = tf.range(0, 512) as tf.Tensor1D;
  const windows = { strides: [1, 1], pad: "same", dataFormat: "NHWC", dilations: [1, 1] };
  const pool = { filterSize: [2, 2], strides: [2, 2], pad: "valid" };
  const pool3d = { filterSize: 2, strides: 2, pad: "valid", dataFormat: "NDHWC" };
  const pooled = tf.maxPool(x, 2, 2, "valid");
  const pooled3d = tf.maxPool3d(volume, 2, 2, "valid");
  const dilated = tf.dilation2d(image, dilation, 1, "same");
  const indices2d = tf.tensor2d([0, 0, 1, 1, 2, 2, 7, 3], [4, 2], "int32");
  const words = tf.tensor1d(["to", "be", "or", "not"], "string");
  const splits = tf.tensor1d([0, 2, 4], "int32");
  const segments = tf.tensor1d([0, 0, 1, 1], "int32");
  const rows = tf.tensor1d([0, 5, 7, 9], "int32");

  return {
    Abs: () => tf.abs(m),
    Acos: () => tf.acos(m),
    Acosh: () => tf.acosh(tf.add(m, 1)),
    Add: () => tf.add(m, m),
    "Add row": () => tf.add(m, row),
    AddN: () => tf.addN([m, m, m]),
    All: () => tf.all(mask),
    "All 1": () => tf.all(mask, 1),
    Any: () => tf.any(mask),
    "Any 0": () => tf.any(mask, 0),
    ArgMax: () => tf.argMax(m, 1),
    "ArgMax 0": () => tf.argMax(m, 0),
    ArgMin: () => tf.argMin(m, 1),
    Asin: () => tf.asin(m),
    Asinh: () => tf.asinh(m),
    Atan: () => tf.atan(m),
    Atan2: () => tf.atan2(m, m),
    Atanh: () => tf.atanh(m),
    AvgPool: () => tf.avgPool(x, 2, 2, "valid"),
    AvgPool3D: () => tf.avgPool3d(volume, 2, 2, "valid"),
    AvgPool3DGrad: () => run("AvgPool3DGrad", { dy: pooled3d, input: volume }, pool3d),
    AvgPoolGrad: () => run("AvgPoolGrad", { dy: pooled, input: x }, pool),
    BatchMatMul: () => tf.matMul(m, m),
    BatchToSpaceND: () =>
      tf.batchToSpaceND(
        x,
        [2, 2],
        [
          [0, 0],
          [0, 0],
        ],
      ),
    Bincount: () => tf.bincount(tf.reshape(ints, [-1]) as tf.Tensor1D, tf.tensor1d([]), 101),
    BitwiseAnd: () => tf.bitwiseAnd(ints, ints),
    BroadcastArgs: () => tf.broadcastArgs(tf.tensor1d([1, 5], "int32"), tf.tensor1d([4, 1], "int32")),
    Cast: () => tf.cast(m, "int32"),
    "Cast int32": () => tf.cast(ints, "float32"),
    "Cast bool": () => tf.cast(mask, "float32"),
    Ceil: () => tf.ceil(m),
    ClipByValue: () => tf.clipByValue(m, 0.2, 0.8),
    Concat: () => tf.concat([m, m], 1),
    "Concat 0": () => tf.concat([m, m], 0),
    Conv2D: () => tf.conv2d(x, filter, 1, "same"),
    Conv2DBackpropInput: () => tf.conv2dTranspose(x, filter, [16, 48, 48, 32], 1, "same"),
    Conv3D: () => tf.conv3d(volume, volumeFilter, 1, "same"),
    Conv3DBackpropFilterV2: () =>
      run(
        "Conv3DBackpropFilterV2",
        { x: volume, dy: volume },
        { strides: 1, pad: "same", filterShape: [3, 3, 3, 8, 8] },
      ),
    Conv3DBackpropInputV2: () =>
      run(
        "Conv3DBackpropInputV2",
        { dy: volume, filter: volumeFilter },
        { strides: 1, pad: "same", inputShape: volume.shape },
      ),
    Cos: () => tf.cos(m),
    Cosh: () => tf.cosh(m),
    CropAndResize: () => tf.image.cropAndResize(x, boxes, tf.tensor1d([0], "int32"), [64, 64]),
    Cumprod: () => tf.cumprod(m, 1),
    Cumsum: () => tf.cumsum(m, 1),
    DenseBincount: () => tf.denseBincount(tf.reshape(ints, [-1]) as tf.Tensor1D, tf.tensor1d([]), 101),
    DepthToSpace: () => tf.depthToSpace(x, 2, "NHWC"),
    DepthwiseConv2dNative: () => tf.depthwiseConv2d(x, depthwise, 1, "same"),
    Diag: () => tf.diag(row),
    Dilation2D: () => tf.dilation2d(image, dilation, 1, "same"),
    Dilation2DBackpropFilter: () =>
      run(
        "Dilation2DBackpropFilter",
        { x: image, filter: dilation, dy: dilated },
        { ...windows, dataFormat: "NHWC" },
      ),
    Dilation2DBackpropInput: () =>
      run(
        "Dilation2DBackpropInput",
        { x: image, filter: dilation, dy: dilated },
        { ...windows, dataFormat: "NHWC" },
      ),
    Elu: () => tf.elu(m),
    EluGrad: () => run("EluGrad", { dy: m, y: m }),
    Equal: () => tf.equal(m, m),
    Erf: () => tf.erf(m),
    Exp: () => tf.exp(m),
    ExpandDims: () => tf.expandDims(m),
    Expm1: () => tf.expm1(m),
    Fill: () => tf.fill([512, 512], 3),
    FlipLeftRight: () => tf.image.flipLeftRight(x),
    Floor: () => tf.floor(m),
    FloorDiv: () => tf.floorDiv(m, m),
    FusedBatchNorm: () => tf.batchNorm(x, channel, channel),
    FusedConv2D: () =>
      tf.fused.conv2d({ x, filter, strides: 1, pad: "same", bias: channel, activation: "relu" }),
    FusedDepthwiseConv2D: () =>
      tf.fused.depthwiseConv2d({ x, filter: depthwise, strides: 1, pad: "same", activation: "relu" }),
    GatherNd: () => tf.gatherND(m, places),
    GatherV2: () => tf.gather(m, even),
    "GatherV2 1": () => tf.gather(m, even, 1),
    Greater: () => tf.greater(m, m),
    GreaterEqual: () => tf.greaterEqual(m, m),
    Identity: () => tf.clone(m),
    IsFinite: () => tf.isFinite(m),
    IsInf: () => tf.isInf(m),
    IsNan: () => tf.isNaN(m),
    LRN: () => tf.localResponseNormalization(x),
    LRNGrad: () => run("LRNGrad", { x, y: x, dy: x }, { depthRadius: 5, bias: 1, alpha: 1, beta: 0.5 }),
    LeakyRelu: () => tf.leakyRelu(m),
    Less: () => tf.less(m, m),
    LessEqual: () => tf.lessEqual(m, m),
    LinSpace: () => tf.linspace(0, 1, 100_000),
    Log: () => tf.log(m),
    Log1p: () => tf.log1p(m),
    LogicalAnd: () => tf.logicalAnd(mask, mask),
    LogicalNot: () => tf.logicalNot(mask),
    LogicalOr: () => tf.logicalOr(mask, mask),
    LogicalXor: () => tf.logicalXor(mask, mask),
    Max: () => tf.max(m, 1),
    "Max 0": () => tf.max(m, 0),
    "Max int32": () => tf.max(ints, 1),
    MaxPool: () => tf.maxPool(x, 2, 2, "valid"),
    MaxPool3D: () => tf.maxPool3d(volume, 2, 2, "valid"),
    MaxPool3DGrad: () => run("MaxPool3DGrad", { dy: pooled3d, input: volume, output: pooled3d }, pool3d),
    MaxPoolGrad: () => run("MaxPoolGrad", { dy: pooled, input: x, output: pooled }, pool),
    MaxPoolWithArgmax: () => tf.maxPoolWithArgmax(x, 2, 2, "valid"),
    Maximum: () => tf.maximum(m, m),
    Mean: () => tf.mean(m, 1),
    "Mean all": () => tf.mean(m),
    Min: () => tf.min(m, 1),
    Minimum: () => tf.minimum(m, m),
    MirrorPad: () =>
      tf.mirrorPad(
        m,
        [
          [1, 1],
          [1, 1],
        ],
        "reflect",
      ),
    Mod: () => tf.mod(m, m),
    Multinomial: () => tf.multinomial(small, 100, 1),
    Multiply: () => tf.mul(m, m),
    Neg: () => tf.neg(m),
    NonMaxSuppressionV3: () => tf.image.nonMaxSuppression(manyBoxes, scores, 50),
    NonMaxSuppressionV4: () => tf.image.nonMaxSuppressionPadded(manyBoxes, scores, 50),
    NonMaxSuppressionV5: () => tf.image.nonMaxSuppressionWithScore(manyBoxes, scores, 50),
    NotEqual: () => tf.notEqual(m, m),
    OneHot: () => tf.oneHot(even, 100),
    OnesLike: () => tf.onesLike(m),
    Pack: () => tf.stack([m, m], 0),
    PadV2: () =>
      tf.pad(m, [
        [1, 1],
        [1, 1],
      ]),
    Pow: () => tf.pow(m, 2.5),
    Prelu: () => tf.prelu(m, m),
    Prod: () => tf.prod(m, 1),
    Range: () => tf.range(0, 100_000),
    RealDiv: () => tf.div(m, m),
    Reciprocal: () => tf.reciprocal(m),
    Relu: () => tf.relu(m),
    Relu6: () => tf.relu6(m),
    Reshape: () => tf.reshape(m, [-1]),
    ResizeBilinear: () => tf.image.resizeBilinear(x, [96, 96]),
    ResizeBilinearGrad: () => run("ResizeBilinearGrad", { images: x, dy: x }, { alignCorners: false }),
    ResizeNearestNeighbor: () => tf.image.resizeNearestNeighbor(x, [96, 96]),
    ResizeNearestNeighborGrad: () =>
      run("ResizeNearestNeighborGrad", { images: x, dy: x }, { alignCorners: false }),
    Reverse: () => tf.reverse(m, 1),
    RotateWithOffset: () => tf.image.rotateWithOffset(image, 0.3),
    Round: () => tf.round(m),
    Rsqrt: () => tf.rsqrt(m),
    ScatterNd: () => tf.scatterND(places, half, [512, 512]),
    SearchSorted: () => tf.searchSorted(sorted, v),
    Select: () => tf.where(mask, m, m),
    Selu: () => tf.selu(m),
    Sigmoid: () => tf.sigmoid(m),
    Sign: () => tf.sign(m),
    Sin: () => tf.sin(m),
    Sinh: () => tf.sinh(m),
    Slice: () => tf.slice(m, [10, 10], [400, 400]),
    Softmax: () => tf.softmax(m),
    Softplus: () => tf.softplus(m),
    SpaceToBatchND: () =>
      tf.spaceToBatchND(
        x,
        [2, 2],
        [
          [0, 0],
          [0, 0],
        ],
      ),
    SparseFillEmptyRows: () =>
      tf.sparse.sparseFillEmptyRows(indices2d, tf.tensor1d([1, 2, 3, 4]), tf.tensor1d([9, 4], "int32"), 0),
    SparseReshape: () =>
      tf.sparse.sparseReshape(indices2d, tf.tensor1d([8, 4], "int32"), tf.tensor1d([4, 8], "int32")),
    SparseSegmentMean: () => tf.sparse.sparseSegmentMean(m, rows, segments),
    SparseSegmentSum: () => tf.sparse.sparseSegmentSum(m, rows, segments),
    SparseToDense: () => tf.sparseToDense(even, row.slice(0, 256), [512]),
    SplitV: () => tf.split(m, 2, 1),
    Sqrt: () => tf.sqrt(m),
    Square: () => tf.square(m),
    SquaredDifference: () => tf.squaredDifference(m, m),
    Step: () => tf.step(m),
    StridedSlice: () => tf.stridedSlice(m, [0, 0], [512, 512], [2, 2]),
    StringNGrams: () => tf.string.stringNGrams(words, splits, " ", [2], "", "", 0, false),
    StringSplit: () => tf.string.stringSplit(words, "e"),
    StringToHashBucketFast: () => tf.string.stringToHashBucketFast(words, 10),
    Sub: () => tf.sub(m, m),
    Sum: () => tf.sum(m, 1),
    "Sum 0": () => tf.sum(m, 0),
    "Sum 0 and 2": () => tf.sum(x, [0, 2]),
    "Sum all": () => tf.sum(m),
    "Sum int32": () => tf.sum(ints, 1),
    Tan: () => tf.tan(m),
    Tanh: () => tf.tanh(m),
    TensorScatterUpdate: () => tf.tensorScatterUpdate(m, places, half),
    Tile: () => tf.tile(m, [2, 2]),
    TopK: () => tf.topk(m, 5),
    "TopK 100": () => tf.topk(m, 100),
    Transform: () => tf.image.transform(image, tf.tensor2d([[1, 0, 1, 0, 1, 1, 0, 0]])),
    Transpose: () => tf.transpose(m),
    "Transpose 4": () => tf.transpose(x, [0, 3, 1, 2]),
    Unique: () => tf.unique(tf.slice(ints.flatten(), 0, 5000)),
    Unpack: () => tf.unstack(m, 0),
    ZerosLike: () => tf.zerosLike(m),
    _FusedMatMul: () => tf.fused.matMul({ a: m, b: m, bias: row, activation: "relu" }),
  };
};

/** The kernel that an operation measures. */
export const kernelOf = (operation: string): string => operation.split(" ")[0]!;
