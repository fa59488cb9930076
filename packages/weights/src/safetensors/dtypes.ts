// The format's element types and the typed arrays that hold them.

/** The array of each dtype. F16 and BF16 are their bits; `toFloat32` gives their values. BOOL is 0 or 1. */
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

/** What is known of a tensor before its data is read. */
export interface TensorType<D extends Dtype = Dtype> {
  /** Its element type. */
  readonly dtype: D;
  /** Its sizes, outermost first; none for a scalar. */
  readonly shape: readonly number[];
}

/** A tensor of a safetensors file; `data` is row-major. */
export type SafeTensor<D extends Dtype = Dtype> = {
  [T in D]: TensorType<T> & { readonly data: DtypeArrays[T] };
}[D];

/** Bytes of a tensor; undefined when the number cannot be held exactly. */
export const byteLength = ({ dtype, shape }: TensorType): number | undefined => {
  let bytes = arrays[dtype].BYTES_PER_ELEMENT;
  for (const size of shape) {
    bytes *= size;
    if (!Number.isSafeInteger(bytes)) return undefined;
  }
  return bytes;
};

/** A tensor over `buffer`, which holds its data and nothing else. */
export const tensorOver = ({ dtype, shape }: TensorType, buffer: ArrayBuffer): SafeTensor => {
  const data = new arrays[dtype](buffer);
  // The array comes from the dtype's own row, which TypeScript cannot follow through a union.
  return { dtype, shape, data } as SafeTensor;
};
