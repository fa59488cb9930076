// Uniforms of a shader that change from step to step, and how they are computed for a replay.

/** Attributes by the name of the kernels that get them. */
export type Changes = Readonly<Record<string, object>>;

export interface Uniforms {
  /** Uniforms with the same key have the same values, whatever attributes change. */
  key: string;
  /** A shader's numbers, 32 bits each, as its kernel was called or with other attributes. */
  numbers(changes: Changes): ArrayBufferView<ArrayBuffer>;
}

/** @param numbers the same function for each call of a kernel */
export const uniforms = <A extends object>(
  kernelName: string,
  attributes: A,
  numbers: (attributes: A) => ArrayBufferView<ArrayBuffer>,
): Uniforms => ({
  key: `${kernelName} ${JSON.stringify(attributes)}`,
  numbers: (changes) => numbers({ ...attributes, ...changes[kernelName] }),
});
