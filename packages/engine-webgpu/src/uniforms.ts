// Uniforms of a shader that change from step to step, and their computation for a replay.

/** Changed attributes by kernel name. */
export type Changes = Readonly<Record<string, object>>;

export interface Uniforms {
  /** Uniforms with the same key have the same values, whichever attributes change. */
  key: string;
  /** The shader's values, 32 bits each, for the attributes of the call with changes applied. */
  numbers(changes: Changes): ArrayBufferView<ArrayBuffer>;
}

/** @param numbers must be the same function for every call of a kernel */
export const uniforms = <A extends object>(
  kernelName: string,
  attributes: A,
  numbers: (attributes: A) => ArrayBufferView<ArrayBuffer>,
): Uniforms => ({
  key: `${kernelName} ${JSON.stringify(attributes)}`,
  numbers: (changes) => numbers({ ...attributes, ...changes[kernelName] }),
});
