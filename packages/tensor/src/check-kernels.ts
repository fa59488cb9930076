// Checks in front of an engine's kernels, the same on every engine: arguments that make no sense are refused before a kernel sees them.
import { tf } from "./tf.js";
import { type Attributes, explicitPad, type Inputs, windowChecks } from "./windows.js";

/** Stock kernels pair the matrices of two different batches by their number, which is wrong, and give fewer than the shape says. */
const checkBatches = (where: string, { a, b }: Inputs): void => {
  const [left, right] = [a!, b!].map(({ shape }) => shape.slice(0, -2));
  const single = (outer: number[]) => tf.util.sizeFromShape(outer) === 1;
  const trimmed = (outer: number[]) => outer.slice(outer.findIndex((size) => size !== 1));
  if (single(left!) || single(right!) || `${trimmed(left!)}` === `${trimmed(right!)}`) return;
  throw new RangeError(
    `${where}: expected two batches of the same sizes, or a single matrix beside a batch, got [${a!.shape}] and [${b!.shape}]; repeat one with tf.tile`,
  );
};

const checks: Record<string, (where: string, inputs: Inputs, attributes: Attributes) => unknown> = {
  ...windowChecks,
  BatchMatMul: checkBatches,
  _FusedMatMul: checkBatches,
};

const done = new Set<string>();

/** Puts the checks in front of the kernels that are registered for a backend, and gives them padding side by side. A second call changes nothing. */
export const checkKernels = (backendName: string): void => {
  if (done.has(backendName)) return;
  done.add(backendName);
  for (const [kernelName, check] of Object.entries(checks)) {
    const registered = tf.getKernel(kernelName, backendName);
    if (!registered) continue;
    tf.unregisterKernel(kernelName, backendName);
    tf.registerKernel({
      ...registered,
      kernelFunc: (call) => {
        const attributes = call.attrs as unknown as Attributes;
        check(kernelName, call.inputs as Inputs, attributes);
        if (typeof attributes.pad !== "number") return registered.kernelFunc(call);
        const attrs = { ...attributes, pad: explicitPad(attributes.pad, attributes.dataFormat) };
        return registered.kernelFunc({ ...call, attrs: attrs as unknown as tf.NamedAttrMap });
      },
    });
  }
};
