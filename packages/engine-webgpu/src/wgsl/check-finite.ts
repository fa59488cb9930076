// Sets a flag when a loss is not finite, so that updates can be skipped without waiting for the host.
import type { Program } from "../program.js";
import { bindings } from "./bindings.js";

/** Tests the bits, because WGSL may assume that all floats are finite. A float is not finite if all bits of its exponent are ones. */
export const checkFinite: Program = {
  key: "check finite",
  workgroups: [1],
  code: `${bindings({ foundInf: "write", loss: "read" }, { foundInf: "i32", loss: "u32" })}
const EXPONENT = 0x7f800000u;
@compute @workgroup_size(1)
fn main() {
  if ((loss[0] & EXPONENT) == EXPONENT) { foundInf[0] = 1; }
}`,
};
