// The functions of the compiled kernels, as JavaScript calls them: native/api.h and native/kernels.h of engine-native, function by function.
import type { BroadcastShape } from "./broadcast.js";

type Numbers = Float32Array | Int32Array | Uint8Array;
type Optional<T> = T | null;
/** 0, or an error whose text `mlpconv_error` has. */
type Status = number;
/** batch, inHeight, inWidth, inChannels, outHeight, outWidth, outChannels, kernelHeight, kernelWidth, strideHeight, strideWidth, padTop, padLeft */
export type ConvShape = Int32Array;

/**
 * Functions of native/api.h and native/kernels.h, which describe them.
 *
 * @internal
 */
export interface Functions {
  mlpconv_conv_forward(
    shape: ConvShape,
    x: Numbers,
    filter: Numbers,
    bias: Optional<Numbers>,
    relu: number,
    y: Numbers,
  ): Status;
  mlpconv_conv_grad_input(
    shape: ConvShape,
    dy: Numbers,
    y: Optional<Numbers>,
    filter: Numbers,
    dx: Numbers,
  ): Status;
  mlpconv_conv_grad_filter(
    shape: ConvShape,
    x: Numbers,
    dy: Numbers,
    y: Optional<Numbers>,
    dFilter: Numbers,
    dBias: Optional<Numbers>,
  ): Status;
  mlpconv_matmul(
    m: number,
    n: number,
    k: number,
    a: Numbers,
    transposeA: number,
    b: Numbers,
    transposeB: number,
    bias: Optional<Numbers>,
    relu: number,
    c: Numbers,
  ): Status;
  mlpconv_prepare_buffer(memory: Uint8Array, bytes: number): number;
  mlpconv_max_pool(shape: ConvShape, x: Numbers, y: Numbers): Status;
  mlpconv_max_pool_grad(shape: ConvShape, x: Numbers, dy: Numbers, dx: Numbers): Status;
  mlpconv_avg_pool(shape: ConvShape, x: Numbers, y: Numbers): Status;
  mlpconv_avg_pool_grad(shape: ConvShape, dy: Numbers, dx: Numbers): Status;
  mlpconv_unary(
    op: number,
    type: number,
    count: number,
    x: Numbers,
    alpha: number,
    beta: number,
    y: Numbers,
  ): Status;
  mlpconv_binary(op: number, type: number, shape: BroadcastShape, a: Numbers, b: Numbers, y: Numbers): Status;
  mlpconv_fill(count: number, value: number, y: Numbers): Status;
  mlpconv_cast(from: number, to: number, count: number, x: Numbers, y: Numbers): Status;
  mlpconv_select(
    rows: number,
    width: number,
    type: number,
    condition: Uint8Array,
    t: Numbers,
    e: Numbers,
    y: Numbers,
  ): Status;
  mlpconv_sum(outer: number, reduced: number, inner: number, scale: number, x: Numbers, y: Numbers): Status;
  mlpconv_fold(op: number, outer: number, reduced: number, inner: number, x: Numbers, y: Numbers): Status;
  mlpconv_product(
    ints: number,
    outer: number,
    reduced: number,
    inner: number,
    x: Numbers,
    y: Numbers,
  ): Status;
  mlpconv_arg_extreme(
    ints: number,
    smallest: number,
    outer: number,
    reduced: number,
    inner: number,
    x: Numbers,
    y: Int32Array,
  ): Status;
  mlpconv_top_k(
    ints: number,
    rows: number,
    columns: number,
    k: number,
    x: Numbers,
    values: Numbers,
    positions: Int32Array,
  ): Status;
  mlpconv_softmax(rows: number, classes: number, x: Numbers, y: Numbers): Status;
  mlpconv_copy_box(
    bytes: number,
    axes: Int32Array,
    xBegin: number,
    yBegin: number,
    x: Numbers,
    y: Numbers,
  ): Status;
  mlpconv_gather(
    outer: number,
    outerPerBatch: number,
    length: number,
    count: number,
    bytes: number,
    indices: Int32Array,
    x: Numbers,
    y: Numbers,
  ): Status;
  mlpconv_scatter(
    op: number,
    count: number,
    inner: number,
    indices: Int32Array,
    updates: Numbers,
    y: Numbers,
  ): Status;
  mlpconv_scan(
    op: number,
    outer: number,
    length: number,
    inner: number,
    exclusive: number,
    reverse: number,
    x: Numbers,
    y: Numbers,
  ): Status;
  mlpconv_resize_levels(
    batch: number,
    inHeight: number,
    inWidth: number,
    channels: number,
    height: number,
    width: number,
    levels: Int32Array,
    y: Numbers,
  ): Status;
  mlpconv_softmax_cross_entropy(
    batch: number,
    classes: number,
    logits: Numbers,
    labels: Int32Array,
    loss: Numbers,
    dLogits: Numbers,
  ): Status;
  mlpconv_dropout(
    count: number,
    offset: number,
    key0: number,
    key1: number,
    block: number,
    threshold: number,
    kept: number,
    x: Numbers,
    y: Numbers,
  ): Status;
  mlpconv_sgd(
    count: number,
    learningRate: number,
    momentum: number,
    nesterov: number,
    keptWeight: number,
    weight: Numbers,
    velocity: Optional<Numbers>,
    gradient: Numbers,
    newWeight: Numbers,
    newVelocity: Optional<Numbers>,
  ): Status;
  mlpconv_adam(
    count: number,
    learningRate: number,
    beta1: number,
    beta2: number,
    epsilon: number,
    correction: number,
    keptWeight: number,
    weight: Numbers,
    mean: Numbers,
    square: Numbers,
    gradient: Numbers,
    newWeight: Numbers,
    newMean: Numbers,
    newSquare: Numbers,
  ): Status;
  mlpconv_depthwise_forward(
    shape: ConvShape,
    dilationHeight: number,
    dilationWidth: number,
    x: Numbers,
    filter: Numbers,
    bias: Optional<Numbers>,
    relu: number,
    y: Numbers,
  ): Status;
  mlpconv_depthwise_grad_input(
    shape: ConvShape,
    dilationHeight: number,
    dilationWidth: number,
    dy: Numbers,
    filter: Numbers,
    dx: Numbers,
  ): Status;
  mlpconv_depthwise_grad_filter(
    shape: ConvShape,
    dilationHeight: number,
    dilationWidth: number,
    x: Numbers,
    dy: Numbers,
    dFilter: Numbers,
  ): Status;
  mlpconv_batch_norm(
    count: number,
    channels: number,
    x: Numbers,
    mean: Numbers,
    variance: Numbers,
    scale: Optional<Numbers>,
    offset: Optional<Numbers>,
    epsilon: number,
    add: Optional<Numbers>,
    relu: number,
    y: Numbers,
  ): Status;
  mlpconv_batch_norm_train(
    count: number,
    channels: number,
    x: Numbers,
    scale: Numbers,
    offset: Numbers,
    epsilon: number,
    add: Optional<Numbers>,
    relu: number,
    y: Numbers,
    mean: Numbers,
    variance: Numbers,
  ): Status;
  mlpconv_batch_norm_train_grad(
    count: number,
    channels: number,
    x: Numbers,
    dy: Numbers,
    y: Numbers,
    scale: Numbers,
    offset: Numbers,
    mean: Numbers,
    variance: Numbers,
    epsilon: number,
    relu: number,
    dx: Numbers,
    dScale: Numbers,
    dOffset: Numbers,
    dAdd: Optional<Numbers>,
  ): Status;
  mlpconv_batch_norm_grad(
    count: number,
    channels: number,
    x: Numbers,
    mean: Numbers,
    variance: Numbers,
    scale: Optional<Numbers>,
    epsilon: number,
    dy: Numbers,
    dx: Numbers,
    dMean: Numbers,
    dVariance: Numbers,
    dScale: Numbers,
    dOffset: Numbers,
  ): Status;
  mlpconv_resize_linear(
    batch: number,
    inHeight: number,
    inWidth: number,
    channels: number,
    height: number,
    width: number,
    from: Int32Array,
    to: Int32Array,
    share: Numbers,
    x: Numbers,
    y: Numbers,
  ): Status;
  mlpconv_resize_linear_grad(
    batch: number,
    inHeight: number,
    inWidth: number,
    channels: number,
    height: number,
    width: number,
    from: Int32Array,
    to: Int32Array,
    share: Numbers,
    dy: Numbers,
    dx: Numbers,
  ): Status;
  mlpconv_resize_nearest(
    batch: number,
    inHeight: number,
    inWidth: number,
    channels: number,
    height: number,
    width: number,
    from: Int32Array,
    x: Numbers,
    y: Numbers,
  ): Status;
  mlpconv_resize_nearest_grad(
    batch: number,
    inHeight: number,
    inWidth: number,
    channels: number,
    height: number,
    width: number,
    from: Int32Array,
    dy: Numbers,
    dx: Numbers,
  ): Status;
  mlpconv_move_pixels(
    batch: number,
    inPixels: number,
    channels: number,
    pixels: number,
    from: Int32Array,
    missing: Numbers,
    x: Numbers,
    y: Numbers,
  ): Status;
  mlpconv_response_norm(
    pixels: number,
    channels: number,
    radius: number,
    bias: number,
    alpha: number,
    beta: number,
    x: Numbers,
    y: Numbers,
  ): Status;
  mlpconv_response_norm_grad(
    pixels: number,
    channels: number,
    radius: number,
    bias: number,
    alpha: number,
    beta: number,
    x: Numbers,
    y: Numbers,
    dy: Numbers,
    dx: Numbers,
  ): Status;
  mlpconv_set_threads(threads: number): void;
  mlpconv_threads(): number;
  mlpconv_set_exact(exact: number): void;
  mlpconv_conv_plan(shape: ConvShape, direction: number): string;
  mlpconv_error(): string;
  mlpconv_isa(): string;
}

/** What a function takes: an array that it reads or writes, or a number. */
export type Parameter = "in" | "out" | "int" | "int64" | "uint32" | "float" | "double";
/** What it gives. */
export type Result = "int" | "void" | "text";

/** The C types of each function. */
export const signatures: {
  readonly [K in keyof Functions]: readonly [result: Result, ...parameters: Parameter[]];
} = {
  mlpconv_conv_forward: ["int", "in", "in", "in", "in", "int", "out"],
  mlpconv_conv_grad_input: ["int", "in", "in", "in", "in", "out"],
  mlpconv_conv_grad_filter: ["int", "in", "in", "in", "in", "out", "out"],
  mlpconv_matmul: ["int", "int", "int", "int", "in", "int", "in", "int", "in", "int", "out"],
  mlpconv_prepare_buffer: ["int", "out", "int64"],
  mlpconv_max_pool: ["int", "in", "in", "out"],
  mlpconv_max_pool_grad: ["int", "in", "in", "in", "out"],
  mlpconv_avg_pool: ["int", "in", "in", "out"],
  mlpconv_avg_pool_grad: ["int", "in", "in", "out"],
  mlpconv_unary: ["int", "int", "int", "int64", "in", "double", "double", "out"],
  mlpconv_binary: ["int", "int", "int", "in", "in", "in", "out"],
  mlpconv_fill: ["int", "int64", "float", "out"],
  mlpconv_cast: ["int", "int", "int", "int64", "in", "out"],
  mlpconv_select: ["int", "int64", "int64", "int", "in", "in", "in", "out"],
  mlpconv_sum: ["int", "int64", "int64", "int64", "float", "in", "out"],
  mlpconv_fold: ["int", "int", "int64", "int64", "int64", "in", "out"],
  mlpconv_product: ["int", "int", "int64", "int64", "int64", "in", "out"],
  mlpconv_arg_extreme: ["int", "int", "int", "int64", "int64", "int64", "in", "out"],
  mlpconv_top_k: ["int", "int", "int64", "int64", "int64", "in", "out", "out"],
  mlpconv_softmax: ["int", "int64", "int64", "in", "out"],
  mlpconv_copy_box: ["int", "int", "in", "int64", "int64", "in", "out"],
  mlpconv_gather: ["int", "int64", "int64", "int64", "int64", "int64", "in", "in", "out"],
  mlpconv_scatter: ["int", "int", "int64", "int64", "in", "in", "out"],
  mlpconv_scan: ["int", "int", "int64", "int64", "int64", "int", "int", "in", "out"],
  mlpconv_resize_levels: ["int", "int64", "int64", "int64", "int64", "int64", "int64", "in", "out"],
  mlpconv_softmax_cross_entropy: ["int", "int64", "int64", "in", "in", "out", "out"],
  mlpconv_dropout: ["int", "int64", "int64", "uint32", "uint32", "uint32", "double", "float", "in", "out"],
  mlpconv_sgd: ["int", "int64", "float", "float", "int", "float", "in", "in", "in", "out", "out"],
  mlpconv_adam: [
    "int",
    "int64",
    "float",
    "double",
    "double",
    "float",
    "float",
    "float",
    "in",
    "in",
    "in",
    "in",
    "out",
    "out",
    "out",
  ],
  mlpconv_depthwise_forward: ["int", "in", "int", "int", "in", "in", "in", "int", "out"],
  mlpconv_depthwise_grad_input: ["int", "in", "int", "int", "in", "in", "out"],
  mlpconv_depthwise_grad_filter: ["int", "in", "int", "int", "in", "in", "out"],
  mlpconv_batch_norm: ["int", "int64", "int64", "in", "in", "in", "in", "in", "float", "in", "int", "out"],
  mlpconv_batch_norm_train: [
    "int",
    "int64",
    "int64",
    "in",
    "in",
    "in",
    "float",
    "in",
    "int",
    "out",
    "out",
    "out",
  ],
  mlpconv_batch_norm_train_grad: [
    "int",
    "int64",
    "int64",
    "in",
    "in",
    "in",
    "in",
    "in",
    "in",
    "in",
    "float",
    "int",
    "out",
    "out",
    "out",
    "out",
  ],
  mlpconv_batch_norm_grad: [
    "int",
    "int64",
    "int64",
    "in",
    "in",
    "in",
    "in",
    "float",
    "in",
    "out",
    "out",
    "out",
    "out",
    "out",
  ],
  mlpconv_resize_linear: [
    "int",
    "int64",
    "int64",
    "int64",
    "int64",
    "int64",
    "int64",
    "in",
    "in",
    "in",
    "in",
    "out",
  ],
  mlpconv_resize_linear_grad: [
    "int",
    "int64",
    "int64",
    "int64",
    "int64",
    "int64",
    "int64",
    "in",
    "in",
    "in",
    "in",
    "out",
  ],
  mlpconv_resize_nearest: ["int", "int64", "int64", "int64", "int64", "int64", "int64", "in", "in", "out"],
  mlpconv_resize_nearest_grad: [
    "int",
    "int64",
    "int64",
    "int64",
    "int64",
    "int64",
    "int64",
    "in",
    "in",
    "out",
  ],
  mlpconv_move_pixels: ["int", "int64", "int64", "int64", "int64", "in", "in", "in", "out"],
  mlpconv_response_norm: ["int", "int64", "int64", "int64", "float", "float", "float", "in", "out"],
  mlpconv_response_norm_grad: [
    "int",
    "int64",
    "int64",
    "int64",
    "float",
    "float",
    "float",
    "in",
    "in",
    "in",
    "out",
  ],
  mlpconv_set_threads: ["void", "int"],
  mlpconv_threads: ["int"],
  mlpconv_set_exact: ["void", "int"],
  mlpconv_conv_plan: ["text", "in", "int"],
  mlpconv_error: ["text"],
  mlpconv_isa: ["text"],
};

/** The functions that compute: each gives a status. */
export type Kernels = {
  [K in keyof Functions as Functions[K] extends (...parameters: never[]) => Status ? K : never]: Functions[K];
};
