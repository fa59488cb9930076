// The shared library through koffi, which passes a typed array as the pointer to its first value, without a copy; a call costs about 70 ns.
// Calls are synchronous: the kernels share all cores among their own threads, so a second one at the same time could only make both slower.
import {
  type Functions,
  type KernelLibrary,
  type KernelMemory,
  type MemoryChunk,
  type Parameter,
  type Result,
  signatures,
} from "@mlpconv/kernels";
import koffi from "koffi";
import { NativeError } from "./native-error.js";
import { type Precision, precisions } from "./precision.js";

const types: Record<Parameter | Result, string> = {
  in: "const void *",
  out: "void *",
  int: "int",
  int64: "int64_t",
  uint32: "uint32_t",
  float: "float",
  double: "double",
  text: "const char *",
  void: "void",
};

/** Tensors of fewer bytes come from V8 as they are: malloc keeps such small pieces itself. */
const LEAST = 16 << 10;
const PAGE = 4096;
/**
 * Bytes of the first chunk; each further one is as large as all before. Untouched pages of a chunk cost addresses only, and one
 * chunk has the fewest gaps; but Windows sets memory aside for all of it.
 */
const FIRST_CHUNK = process.platform === "win32" ? 64 * 2 ** 20 : 2 * 2 ** 30;
/** Chunks begin at cache lines. */
const ALIGNMENT = 64;

/** Undefined where the system or V8 refuses so much. */
const allocate = (bytes: number): ArrayBuffer | undefined => {
  try {
    return new ArrayBuffer(bytes + ALIGNMENT);
  } catch {
    return undefined;
  }
};

/** Memory that any kernel reaches, because it is the process's own. */
const openMemory = ({ mlpconv_prepare_buffer }: Pick<Functions, "mlpconv_prepare_buffer">): KernelMemory => {
  const buffers = new Set<ArrayBufferLike>();
  let held = 0;
  return {
    least: LEAST,
    unit: PAGE,
    copies: false,
    moves: false,
    owns: (buffer) => buffers.has(buffer),
    chunk(least): MemoryChunk {
      const buffer = allocate(Math.max(least, FIRST_CHUNK, held)) ?? new ArrayBuffer(least + ALIGNMENT);
      const bytes = buffer.byteLength - ALIGNMENT;
      const begin = mlpconv_prepare_buffer(new Uint8Array(buffer), buffer.byteLength);
      buffers.add(buffer);
      held += buffer.byteLength;
      return {
        bytes,
        view: (type, offset, length) => new type(buffer, begin + offset, length),
        release: () => {
          buffers.delete(buffer);
          held -= buffer.byteLength;
        },
      };
    },
  };
};

/** The library, and what engine `native` alone has. */
export interface Native extends KernelLibrary {
  /** Fused multiply-adds in registers on all threads, in GFLOP/s; takes half a second. */
  peak(): number;
  /** Whether convolutions with transforms that round differently from the direct sum are left out. */
  setExact(exact: boolean): void;
  /**
   * Sets what direct convolutions and matrix products multiply, in the Worker or main thread that calls it.
   *
   * @throws NativeError when the CPU or the build lacks the instructions
   */
  setPrecision(precision: Precision): void;
  /** What `setPrecision` set, in place of "mixed" what it chose; at first "full". */
  precision(): Exclude<Precision, "mixed">;
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
      library.func(
        name,
        types[result],
        parameters.map((parameter) => types[parameter]),
      ),
    ]),
  ) as unknown as Functions; // made from the table, whose keys are the interface's
  const peak = library.func("mlpconv_peak_gflops", "double", []) as () => number;
  const setPrecision = library.func("mlpconv_set_precision", "int", ["int"]) as (precision: number) => number;
  const getPrecision = library.func("mlpconv_precision", "int", []) as () => number;
  functions.mlpconv_set_threads(threads);
  return {
    memory: openMemory(functions),
    call: (name, ...parameters) => {
      const call = functions[name] as (...parameters: unknown[]) => number;
      if (call(...parameters) !== 0) throw new Error(functions.mlpconv_error());
    },
    threads: functions.mlpconv_threads,
    isa: functions.mlpconv_isa,
    plan: functions.mlpconv_conv_plan,
    peak,
    setExact: (exact) => functions.mlpconv_set_exact(Number(exact)),
    setPrecision: (precision) => {
      if (setPrecision(precisions.indexOf(precision)) !== 0)
        throw new NativeError(
          "failed",
          `${precision} precision: ${functions.mlpconv_error().replace(/^native: /, "")}`,
          "use full precision",
        );
    },
    precision: () => precisions[getPrecision()] as Exclude<Precision, "mixed">,
  };
};
