// The format's element types and the typed arrays that hold them.

/** The typed array of each dtype. F16 and BF16 are raw bits; `toFloat32` converts them. BOOL is 0 or 1. */
export interface DtypeArrays {
  F64: Float64Array;
  I64: BigInt64Array;
  U64: BigUint64Array;
  F32: Float32Array;
  I32: Int32Array;
  U32: Uint32Array;
  F16: Uint16Array;
  BF16: Uint16Array;
  I16: Int16Array;
  U16: Uint16Array;
  I8: Int8Array;
  U8: Uint8Array;
  BOOL: Uint8Array;
}

/** An element type of the format. */
export type Dtype = keyof DtypeArrays;

interface ArrayClass<A> {
  readonly name: string;
  readonly BYTES_PER_ELEMENT: number;
  new (buffer: ArrayBuffer): A;
}

export const arrays: { readonly [D in Dtype]: ArrayClass<DtypeArrays[D]> } = {
  F64: Float64Array,
  I64: BigInt64Array,
  U64: BigUint64Array,
  F32: Float32Array,
  I32: Int32Array,
  U32: Uint32Array,
  F16: Uint16Array,
  BF16: Uint16Array,
  I16: Int16Array,
  U16: Uint16Array,
  I8: Int8Array,
  U8: Uint8Array,
  BOOL: Uint8Array,
};

export const isDtype = (value: unknown): value is Dtype =>
  typeof value === "string" && Object.hasOwn(arrays, value);

/** Dtype and shape of a tensor, known before its data is read. */
export interface TensorType<D extends Dtype = Dtype> {
  /** Its element type. */
  readonly dtype: D;
  /** Its sizes, outermost first; empty for a scalar. */
  readonly shape: readonly number[];
}

/** A tensor of a safetensors file; `data` is row-major. */
export type SafeTensor<D extends Dtype = Dtype> = {
  [T in D]: TensorType<T> & { readonly data: DtypeArrays[T] };
}[D];

/** Bytes of a tensor; undefined if the number is too large to be exact. */
export const byteLength = ({ dtype, shape }: TensorType): number | undefined => {
  let bytes = arrays[dtype].BYTES_PER_ELEMENT;
  for (const size of shape) {
    bytes *= size;
    if (!Number.isSafeInteger(bytes)) return undefined;
  }
  return bytes;
};

/** A tensor that uses `buffer`, which must hold exactly its data. */
export const tensorOver = ({ dtype, shape }: TensorType, buffer: ArrayBuffer): SafeTensor => {
  const data = new arrays[dtype](buffer);
  // The dtype selects the array type, which TypeScript cannot infer for a union.
  return { dtype, shape, data } as SafeTensor;
};
