// The library's functions as JavaScript calls them. koffi passes a typed array as the pointer to its first value, without a copy;
// a call costs about 70 ns. Calls are synchronous: the kernels share all cores among their own threads, so a second one at the same
// time could only make both slower.
import koffi from "koffi";

type Numbers = Float32Array | Int32Array | Uint8Array;
type Optional<T> = T | null;
/** 0, or an error whose text `mlpconv_error` has. */
type Status = number;
/** batch, inHeight, inWidth, inChannels, outHeight, outWidth, outChannels, kernelHeight, kernelWidth, strideHeight, strideWidth, padTop, padLeft */
export type ConvShape = Int32Array;

/** native/api.h and native/kernels.h, function by function. */
interface Functions {
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
  mlpconv_unary(op: number, count: number, x: Numbers, alpha: number, y: Numbers): Status;
  mlpconv_binary(
    op: number,
    shape: Int32Array,
    aStrides: Int32Array,
    bStrides: Int32Array,
    a: Numbers,
    b: Numbers,
    y: Numbers,
  ): Status;
  mlpconv_fill(count: number, value: number, y: Numbers): Status;
  mlpconv_cast_int32(count: number, x: Int32Array, y: Numbers): Status;
  mlpconv_sum(outer: number, reduced: number, inner: number, scale: number, x: Numbers, y: Numbers): Status;
  mlpconv_max(outer: number, reduced: number, inner: number, x: Numbers, y: Numbers): Status;
  mlpconv_softmax(rows: number, classes: number, x: Numbers, y: Numbers): Status;
  mlpconv_transpose(
    batch: number,
    rows: number,
    columns: number,
    run: number,
    x: Numbers,
    y: Numbers,
  ): Status;
  mlpconv_copy_box(
    size: Int32Array,
    xShape: Int32Array,
    xBegin: Int32Array,
    yShape: Int32Array,
    yBegin: Int32Array,
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
  mlpconv_set_threads(threads: number): void;
  mlpconv_threads(): number;
  mlpconv_set_exact(exact: number): void;
  mlpconv_conv_plan(shape: ConvShape, direction: number): string;
  mlpconv_peak_gflops(): number;
  mlpconv_error(): string;
  mlpconv_isa(): string;
}

const P = "const void *";
const O = "void *";
const N = "int64_t";
const signatures: { [K in keyof Functions]: [result: string, ...parameters: string[]] } = {
  mlpconv_conv_forward: ["int", P, P, P, P, "int", O],
  mlpconv_conv_grad_input: ["int", P, P, P, P, O],
  mlpconv_conv_grad_filter: ["int", P, P, P, P, O, O],
  mlpconv_matmul: ["int", "int", "int", "int", P, "int", P, "int", P, "int", O],
  mlpconv_prepare_buffer: ["int", O, N],
  mlpconv_max_pool: ["int", P, P, O],
  mlpconv_max_pool_grad: ["int", P, P, P, O],
  mlpconv_avg_pool: ["int", P, P, O],
  mlpconv_avg_pool_grad: ["int", P, P, O],
  mlpconv_unary: ["int", "int", N, P, "float", O],
  mlpconv_binary: ["int", "int", P, P, P, P, P, O],
  mlpconv_fill: ["int", N, "float", O],
  mlpconv_cast_int32: ["int", N, P, O],
  mlpconv_sum: ["int", N, N, N, "float", P, O],
  mlpconv_max: ["int", N, N, N, P, O],
  mlpconv_softmax: ["int", N, N, P, O],
  mlpconv_transpose: ["int", N, N, N, N, P, O],
  mlpconv_copy_box: ["int", P, P, P, P, P, P, O],
  mlpconv_resize_levels: ["int", N, N, N, N, N, N, P, O],
  mlpconv_softmax_cross_entropy: ["int", N, N, P, P, O, O],
  mlpconv_dropout: ["int", N, N, "uint32_t", "uint32_t", "uint32_t", "double", "float", P, O],
  mlpconv_sgd: ["int", N, "float", "float", "int", "float", P, P, P, O, O],
  mlpconv_adam: ["int", N, "float", "double", "double", "float", "float", "float", P, P, P, P, O, O, O],
  mlpconv_set_threads: ["void", "int"],
  mlpconv_threads: ["int"],
  mlpconv_set_exact: ["void", "int"],
  mlpconv_conv_plan: ["const char *", P, "int"],
  mlpconv_peak_gflops: ["double"],
  mlpconv_error: ["const char *"],
  mlpconv_isa: ["const char *"],
};

/** The functions that compute: each gives a status. */
type Call = {
  [K in keyof Functions as Functions[K] extends (...parameters: never[]) => Status ? K : never]: Functions[K];
};

export interface Native extends Functions {
  /** Calls a function and throws what the library says went wrong, if anything did. */
  call<K extends keyof Call>(name: K, ...parameters: Parameters<Call[K]>): void;
}

/**
 * Loads a compiled library and starts its threads.
 *
 * @throws Error when it does not load or lacks a function
 */
export const openLibrary = (file: string, threads: number): Native => {
  const library = koffi.load(file);
  const functions = Object.fromEntries(
    Object.entries(signatures).map(([name, [result, ...parameters]]) => [
      name,
      library.func(name, result, parameters),
    ]),
  ) as unknown as Functions; // made from the table above, whose keys are the interface's
  functions.mlpconv_set_threads(threads);
  return {
    ...functions,
    call: (name, ...parameters) => {
      const call = functions[name] as (...parameters: unknown[]) => Status;
      if (call(...parameters) !== 0) throw new Error(functions.mlpconv_error());
    },
  };
};
