// Whether a loss is finite, for updates that nobody on the host waits with.
import type { Program } from "../backend.js";
import { bindings } from "./bindings.js";

/** As bits, because WGSL may take every float for finite: one whose exponent is all ones is not. */
export const halt: Program = {
  key: "halt",
  workgroups: [1],
  code: `${bindings({ halted: "write", loss: "read" }, { halted: "i32", loss: "u32" })}
const EXPONENT = 0x7f800000u;
@compute @workgroup_size(1)
fn main() {
  if ((loss[0] & EXPONENT) == EXPONENT) { halted[0] = 1; }
}`,
};
