// Vector widths: the number of values that a shader reads or writes at once. Channels are contiguous, so four of them are one load.

export type VectorWidth = 1 | 4;

export const vectorWidthOf = (channels: number): VectorWidth => (channels % 4 === 0 ? 4 : 1);

/** WGSL's type of a vector. */
export const vector = (width: VectorWidth): "f32" | "vec4f" => (width === 4 ? "vec4f" : "f32");
