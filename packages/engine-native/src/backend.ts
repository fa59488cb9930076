// The tfjs backend "native": tfjs's own cpu backend, whose tensors are typed arrays, on recycled memory.
import { MathBackendCPU } from "@tensorflow/tfjs-backend-cpu";
import { type backend_util, type DataType, type TensorInfo, util } from "@tensorflow/tfjs-core";
import { Arena } from "./arena.js";
import type { Native } from "./ffi.js";

type DataId = TensorInfo["dataId"];

/** The name tfjs knows the backend by. */
export const backendName = "native";

export class NativeBackend extends MathBackendCPU {
  readonly arena: Arena;

  constructor(readonly native: Native) {
    super();
    this.arena = new Arena(native);
  }

  /**
   * A tensor whose values are yet to be written.
   *
   * @throws RangeError when a size is not a whole number from 0 up: two negative ones would make a tensor of what lies in memory
   */
  allocate(shape: number[], dtype: "float32" | "int32" = "float32"): TensorInfo {
    if (!shape.every((size) => Number.isInteger(size) && size >= 0)) {
      throw new RangeError(`native: expected a tensor of whole sizes from 0 up, got [${shape}]`);
    }
    const length = util.sizeFromShape(shape);
    return { dataId: this.#store(this.#array(length, dtype, shape), dtype), shape, dtype };
  }

  /** A tensor with another's values in another shape. */
  reshaped({ dataId, dtype }: TensorInfo, shape: number[]): TensorInfo {
    this.incRef(dataId);
    return { dataId, shape, dtype };
  }

  /**
   * A tensor's values themselves, to be read or, if it was just allocated, written.
   *
   * @throws Error when it is not float32 or does not hold what its shape says: nothing else may reach a kernel, which would read past it
   */
  floats(tensor: TensorInfo): Float32Array {
    const values = this.#values(tensor, "float32");
    return values instanceof Float32Array ? values : Float32Array.from(values);
  }

  /** The same for int32. */
  integers(tensor: TensorInfo): Int32Array {
    const values = this.#values(tensor, "int32");
    return values instanceof Int32Array ? values : Int32Array.from(values);
  }

  /** An inherited cast may leave a tensor of one type with the array of another: it is converted at each use. */
  #values({ dataId, shape, dtype }: TensorInfo, expected: DataType): ArrayLike<number> {
    const { values } = this.data.get(dataId);
    if (dtype !== expected || values?.length !== util.sizeFromShape(shape)) {
      throw new Error(
        `native: expected ${expected} [${shape}], got ${dtype} with ${values?.length ?? "no"} values; convert other types with tf.cast`,
      );
    }
    return values as ArrayLike<number>; // only strings are stored as anything else
  }

  /** A tensor for an update's new values: the old tensor itself when no other tensor shares its values, else a new one. */
  outputBuffer(tensor: TensorInfo): TensorInfo {
    const { values } = this.data.get(tensor.dataId);
    const owned = this.refCount(tensor.dataId) === 1 && ArrayBuffer.isView(values) && this.arena.owns(values);
    return owned ? this.reshaped(tensor, tensor.shape) : this.allocate(tensor.shape);
  }

  override write(values: backend_util.BackendValues, _shape: number[], dtype: DataType): DataId {
    // What an inherited kernel made as a part of its input (a slice) must not change when the input's memory is recycled.
    const shared = ArrayBuffer.isView(values) && this.arena.owns(values);
    return this.#store(shared ? values.slice() : values, dtype);
  }

  /** A copy: the caller may keep it longer than the tensor lives. */
  override readSync(dataId: DataId): backend_util.BackendValues {
    const values = super.readSync(dataId);
    return ArrayBuffer.isView(values) && this.arena.owns(values) ? values.slice() : values;
  }

  override disposeData(dataId: DataId, force = false): boolean {
    const values = this.data.has(dataId) ? this.data.get(dataId).values : undefined;
    const gone = super.disposeData(dataId, force);
    if (gone && ArrayBuffer.isView(values)) this.arena.give(values);
    return gone;
  }

  override memory() {
    return { unreliable: false, reasons: [], numBytesInBuffers: this.arena.usedBytes };
  }

  #store(values: backend_util.BackendValues, dtype: DataType): DataId {
    const dataId = {};
    this.data.set(dataId, { values, dtype, refCount: 1 });
    return dataId;
  }

  #array(length: number, dtype: "float32" | "int32", shape: number[]): Float32Array | Int32Array {
    try {
      const [buffer, offset] = this.arena.take(length * 4);
      return new (dtype === "float32" ? Float32Array : Int32Array)(buffer, offset, length);
    } catch (cause) {
      throw new Error(
        `native: expected memory for a tensor [${shape}], ${megabytes(length * 4)}, got none beside ${megabytes(this.arena.usedBytes)} in use; ` +
          "take a smaller batch",
        { cause },
      );
    }
  }
}

const megabytes = (bytes: number): string => `${Math.ceil(bytes / 1e6)} MB`;
