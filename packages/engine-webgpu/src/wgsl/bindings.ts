// The head of every shader: its tensors as arrays by their names, in the order in which they are bound.

export type Access = "read" | "write";

/** @param types WGSL's type of a tensor's numbers where it is not f32 */
export const bindings = (tensors: Record<string, Access>, types: Record<string, string> = {}): string =>
  Object.entries(tensors)
    .map(
      ([name, access], i) =>
        `@group(0) @binding(${i}) var<storage, ${access === "write" ? "read_write" : "read"}> ${name}: array<${types[name] ?? "f32"}>;`,
    )
    .join("\n");

/** Whole numbers that a shader is compiled for. */
export const constants = (values: Record<string, number>): string =>
  Object.entries(values)
    .map(([name, value]) => `const ${name} = ${value}${value < 0 ? "" : "u"};`)
    .join(" ");

/** Workgroups for so many: along x, and along y where x alone would be more than a device takes. */
export const spread = (count: number, most = 65_535): [x: number, y: number] => {
  const x = Math.min(count, most);
  return [x, Math.ceil(count / x)];
};
