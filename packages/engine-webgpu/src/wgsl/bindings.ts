// Declarations at the start of a shader: its tensors as named arrays, in binding order.

export type Access = "read" | "write";

/** @param types WGSL types of tensors whose elements are not f32 */
export const bindings = (tensors: Record<string, Access>, types: Record<string, string> = {}): string =>
  Object.entries(tensors)
    .map(
      ([name, access], i) =>
        `@group(0) @binding(${i}) var<storage, ${access === "write" ? "read_write" : "read"}> ${name}: array<${types[name] ?? "f32"}>;`,
    )
    .join("\n");

/** Integer constants of a shader. */
export const constants = (values: Record<string, number>): string =>
  Object.entries(values)
    .map(([name, value]) => `const ${name} = ${value}${value < 0 ? "" : "u"};`)
    .join(" ");

/** Splits a number of workgroups into x and y, because a device limits the number along x. */
export const spread = (count: number, most = 65_535): [x: number, y: number] => {
  const x = Math.min(count, most);
  return [x, Math.ceil(count / x)];
};
