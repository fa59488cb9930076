// The few numbers of a shader that change from one step to the next, and how they are made anew when its commands are sent again.

/** Attributes by the name of the kernels that get them. */
export type Changes = Readonly<Record<string, object>>;

/** A shader's numbers, 32 bits each, as its kernel was called or with other attributes. */
export type Uniforms = (changes: Changes) => ArrayBufferView<ArrayBuffer>;

export const uniforms =
  <A extends object>(
    kernelName: string,
    attributes: A,
    numbers: (attributes: A) => ArrayBufferView<ArrayBuffer>,
  ): Uniforms =>
  (changes) =>
    numbers({ ...attributes, ...changes[kernelName] });
