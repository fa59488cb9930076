// SoftmaxCrossEntropy: each example's loss and its gradient in one pass, then their mean.
import type { TensorInfo } from "@tensorflow/tfjs-core";
import { expectFloats, expectShape } from "../conv-info.js";
import { kernel } from "../kernel.js";
import type { Program } from "../program.js";
import { bindings, constants } from "../wgsl/bindings.js";

const THREADS = 64;

/**
 * One thread for each example. The maximum is subtracted so that no exponential overflows. An invalid label makes its loss NaN, which makes the
 * error visible.
 */
const losses = (batch: number, classes: number): Program => ({
  key: `losses ${batch} ${classes}`,
  workgroups: [Math.ceil(batch / THREADS)],
  code: `${bindings({ losses: "write", gradient: "write", logits: "read", labels: "read" }, { labels: "i32" })}
${constants({ BATCH: batch, CLASSES: classes })}
@compute @workgroup_size(${THREADS})
fn main(@builtin(global_invocation_id) id: vec3u) {
  let example = id.x;
  if (example >= BATCH) { return; }
  let first = example * CLASSES;
  var largest = logits[first];
  for (var i = 1u; i < CLASSES; i++) { largest = max(largest, logits[first + i]); }
  var sum = 0.0;
  for (var i = 0u; i < CLASSES; i++) { sum += exp(logits[first + i] - largest); }
  var loss = log(sum);
  for (var i = 0u; i < CLASSES; i++) {
    let shifted = logits[first + i] - largest;
    let right = i32(i) == labels[example];
    if (right) { loss -= shifted; }
    gradient[first + i] = (exp(shifted) / sum - select(0.0, 1.0, right)) / f32(BATCH);
  }
  let known = labels[example] >= 0 && labels[example] < i32(CLASSES);
  losses[example] = bitcast<f32>(select(0x7fc00000u, bitcast<u32>(loss), known));
}`,
});

/** Checks labels that are on the host; the shader handles labels that are only on the GPU. */
const checkLabels = (labels: ArrayLike<number> | undefined, classes: number): void => {
  for (let i = 0; i < (labels?.length ?? 0); i++) {
    const label = labels![i]!;
    if (label >= 0 && label < classes) continue;
    throw new RangeError(
      `softmaxCrossEntropy: expected labels from 0 to ${classes - 1}, got ${label} for example ${i}; ` +
        "number the classes from 0, or give the model an output for each class",
    );
  }
};

const mean = (count: number): Program => ({
  key: `mean ${count}`,
  workgroups: [1],
  code: `${bindings({ result: "write", values: "read" })}
${constants({ COUNT: count })}
@compute @workgroup_size(1)
fn main() {
  var sum = 0.0;
  for (var i = 0u; i < COUNT; i++) { sum += values[i]; }
  result[0] = sum / f32(COUNT);
}`,
});

export const softmaxCrossEntropy = kernel<Record<"logits" | "labels", TensorInfo>, undefined>(
  "SoftmaxCrossEntropy",
  ({ logits, labels }, _, backend) => {
    const [batch, classes] = logits.shape as [number, number];
    if (logits.shape.length !== 2 || batch < 1 || classes < 1) {
      throw new Error(
        `SoftmaxCrossEntropy on webgpu: expected logits [batch, classes] with an example, got [${logits.shape}]`,
      );
    }
    expectFloats("SoftmaxCrossEntropy", { logits });
    expectShape("SoftmaxCrossEntropy", "labels", labels.shape, [batch]);
    checkLabels(backend.hostValues(labels), classes);
    const each = backend.makeTensorInfo([batch], "float32");
    const gradient = backend.makeTensorInfo([batch, classes], "float32");
    backend.record(losses(batch, classes), [each, gradient, logits, labels]);
    const loss = backend.makeTensorInfo([], "float32");
    backend.record(mean(batch), [loss, each]);
    backend.disposeData(each.dataId);
    return [loss, gradient];
  },
);
