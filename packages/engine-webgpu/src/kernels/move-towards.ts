// MoveTowards: one pass over a running mean, which it updates in place.
import type { TensorInfo } from "@tensorflow/tfjs-core";
import { kernel } from "../kernel.js";
import { uniforms } from "../uniforms.js";
import { update } from "../wgsl/update.js";

interface Attributes {
  share: number;
  scale: number;
}

const numbers = ({ share, scale }: Attributes) => Float32Array.of(1 - share, share * scale);

export const moveTowards = kernel<Record<"variable" | "value", TensorInfo>, Attributes>(
  "MoveTowards",
  ({ variable, value }, attributes, backend) => {
    const written = backend.writable(variable);
    update(backend, {
      name: "move towards",
      written: { mean: written },
      gradient: value,
      numbers: ["kept", "factor"],
      values: uniforms("MoveTowards", attributes, numbers),
      body: "mean[i] = kept * mean[i] + factor * g;",
    });
    return written;
  },
);
