// A tfjs backend over compiled kernels: tfjs's own cpu backend, whose tensors are typed arrays, on recycled memory that the kernels reach.
import { MathBackendCPU } from "@tensorflow/tfjs-backend-cpu";
import { type backend_util, type DataType, type TensorInfo, util } from "@tensorflow/tfjs-core";
import { Arena } from "./arena.js";
import type { KernelLibrary, NumberArray, NumberArrayType } from "./library.js";

/** The types of tensors that kernels compute on, in the order of `enum NumberType` in native/kernels.h, with their arrays. */
export const numberTypes = { float32: Float32Array, int32: Int32Array, bool: Uint8Array } as const;
export type NumberType = keyof typeof numberTypes;

type DataId = TensorInfo["dataId"];

/** A tfjs backend whose kernels are compiled functions of a library. */
export class KernelBackend extends MathBackendCPU {
  /** Memory of the tensors. */
  readonly arena: Arena;
  /** Number of values of each tensor in the arena, where memory may move. */
  readonly #movable: Map<DataId, number> | undefined;
  /** The array that each one over memory that has moved was replaced by. */
  readonly #replaced = new WeakMap<ArrayBufferView, NumberArray>();
  /** References to each tensor's data that the kernel under way has added and not taken away; undefined between kernels. */
  #added: Map<DataId, number> | undefined;

  /** @param name the name that tfjs knows the backend by */
  constructor(
    readonly name: string,
    /** Its compiled kernels. */
    readonly library: KernelLibrary,
  ) {
    super();
    const { memory } = library;
    this.arena = new Arena(memory);
    memory.onShortage = () => this.arena.release();
    if (!memory.moves) return;
    const movable = new Map<DataId, number>();
    this.#movable = movable;
    memory.onMove = () => {
      for (const [dataId, length] of movable) {
        const data = this.data.get(dataId);
        const old = data.values as NumberArray;
        const values = this.arena.again(old, length);
        this.#replaced.set(old, values);
        data.values = values;
      }
    };
  }

  /**
   * A tensor with uninitialised values.
   *
   * @throws RangeError when a size is not a whole number from 0 up, because two negative sizes would give a tensor of arbitrary memory
   */
  allocate(shape: number[], dtype: NumberType = "float32"): TensorInfo {
    if (!shape.every((size) => Number.isInteger(size) && size >= 0)) {
      throw new RangeError(`${this.name}: expected a tensor of whole sizes from 0 up, got [${shape}]`);
    }
    return { dataId: this.#store(this.#array(numberTypes[dtype], shape), dtype), shape, dtype };
  }

  /** What a kernel gives. If it throws, what it has allocated until then is disposed of, because tfjs does not know of it. */
  undoneIfThrown<R>(kernel: () => R): R {
    // A kernel that is a part of another one is undone with it.
    if (this.#added) return kernel();
    const added = new Map<DataId, number>();
    this.#added = added;
    try {
      return kernel();
    } catch (error) {
      for (const [dataId, count] of added) for (let i = 0; i < count; i++) this.disposeData(dataId);
      throw error;
    } finally {
      this.#added = undefined;
    }
  }

  /** A tensor with the same values in another shape. */
  reshaped({ dataId, dtype }: TensorInfo, shape: number[]): TensorInfo {
    this.incRef(dataId);
    return { dataId, shape, dtype };
  }

  /**
   * A tensor's values, for reading or, if it was just allocated, for writing.
   *
   * @throws Error when the tensor is not float32 or its number of values differs from its shape: a kernel would read past its end
   */
  floats(tensor: TensorInfo): Float32Array {
    return this.#read(tensor, "float32") as Float32Array;
  }

  /** The same for int32. */
  integers(tensor: TensorInfo): Int32Array {
    return this.#read(tensor, "int32") as Int32Array;
  }

  /** The same for bool, a byte for each value. */
  bytes(tensor: TensorInfo): Uint8Array {
    return this.#read(tensor, "bool") as Uint8Array;
  }

  /** The same for any of these types; other types are refused as if they had to be float32. */
  numbers(tensor: TensorInfo): NumberArray {
    return this.#read(tensor, isNumberType(tensor.dtype) ? tensor.dtype : "float32");
  }

  /** The stored values. An inherited kernel may leave an array of another type, which is then converted at each use. */
  #read({ dataId, shape, dtype }: TensorInfo, expected: NumberType): NumberArray {
    const { values } = this.data.get(dataId);
    if (dtype !== expected || values?.length !== util.sizeFromShape(shape)) {
      throw new Error(
        `${this.name}: expected ${expected} [${shape}], got ${dtype} with ${values?.length ?? "no"} values; convert other types with tf.cast`,
      );
    }
    const type = numberTypes[expected];
    return values instanceof type ? values : type.from(values as ArrayLike<number>); // only strings are stored as anything else
  }

  /** A tensor for the new values of an update: the old tensor itself if no other tensor shares its values, otherwise a new one. */
  outputBuffer(tensor: TensorInfo): TensorInfo {
    const { values } = this.data.get(tensor.dataId);
    const owned = this.refCount(tensor.dataId) === 1 && ArrayBuffer.isView(values) && this.arena.owns(values);
    return owned ? this.reshaped(tensor, tensor.shape) : this.allocate(tensor.shape);
  }

  /** Stores values as a tensor, moved into the arena where kernels reach no other memory. */
  override write(values: backend_util.BackendValues, _shape: number[], dtype: DataType): DataId {
    // An inherited kernel may return a view of its input (a slice), which must not change when the input's memory is reused.
    const own =
      ArrayBuffer.isView(values) && this.arena.owns(values) ? this.#current(values).slice() : values;
    return this.#store(this.#moved(own, dtype) ?? own, dtype);
  }

  /** Returns a copy, because the caller may keep it longer than the tensor exists. */
  override readSync(dataId: DataId): backend_util.BackendValues {
    const values = super.readSync(dataId);
    return ArrayBuffer.isView(values) && this.arena.owns(values) ? values.slice() : values;
  }

  override incRef(dataId: DataId): void {
    super.incRef(dataId);
    this.#count(dataId, 1);
  }

  /** Takes a tensor over from another backend. */
  override move(
    dataId: DataId,
    values: backend_util.BackendValues,
    _shape: number[],
    dtype: DataType,
    refCount: number,
  ): void {
    this.#keep(dataId, this.#moved(values, dtype) ?? values, dtype, refCount);
  }

  override disposeData(dataId: DataId, force = false): boolean {
    this.#count(dataId, -1);
    const values = this.data.has(dataId) ? this.data.get(dataId).values : undefined;
    const gone = super.disposeData(dataId, force);
    if (gone && ArrayBuffer.isView(values)) this.arena.give(values);
    if (gone) this.#movable?.delete(dataId);
    return gone;
  }

  /** Bytes that tensors hold in the arena. */
  override memory() {
    return { unreliable: false, reasons: [], numBytesInBuffers: this.arena.usedBytes };
  }

  #store(values: backend_util.BackendValues, dtype: DataType): DataId {
    const dataId = {};
    this.#keep(dataId, values, dtype, 1);
    this.#count(dataId, 1);
    return dataId;
  }

  /** The array that is now over the memory of one that an inherited kernel took earlier. */
  #current(values: backend_util.TypedArray): backend_util.TypedArray {
    let current: backend_util.TypedArray = values;
    for (let next = this.#replaced.get(current); next; next = this.#replaced.get(current)) current = next;
    return current;
  }

  #keep(dataId: DataId, values: backend_util.BackendValues, dtype: DataType, refCount: number): void {
    this.data.set(dataId, { values, dtype, refCount });
    if (this.#movable && ArrayBuffer.isView(values) && this.arena.owns(values))
      this.#movable.set(dataId, values.length);
  }

  #count(dataId: DataId, change: number): void {
    this.#added?.set(dataId, (this.#added.get(dataId) ?? 0) + change);
  }

  /** The values in the arena, where kernels reach no other memory. */
  #moved(values: backend_util.BackendValues, dtype: DataType): NumberArray | undefined {
    const { copies, least } = this.library.memory;
    if (!copies || !isNumberType(dtype)) return undefined;
    const type = Object.values(numberTypes).find((each) => values instanceof each);
    const array = values as NumberArray;
    if (!type || array.byteLength < least) return undefined;
    const own = this.#array(type, [array.length]);
    own.set(array);
    return own;
  }

  #array(type: NumberArrayType, shape: number[]): NumberArray {
    const length = util.sizeFromShape(shape);
    try {
      return this.arena.take(type, length);
    } catch (cause) {
      const bytes = length * type.BYTES_PER_ELEMENT;
      throw new Error(
        `${this.name}: expected memory for a tensor [${shape}], ${megabytes(bytes)}, got none beside ${megabytes(this.arena.usedBytes)} in use; ` +
          "take a smaller batch",
        { cause },
      );
    }
  }
}

/** Whether kernels compute on tensors of that type. */
export const isNumberType = (dtype: string): dtype is NumberType => dtype in numberTypes;

const megabytes = (bytes: number): string => `${Math.ceil(bytes / 1e6)} MB`;
