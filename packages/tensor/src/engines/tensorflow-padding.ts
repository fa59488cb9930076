// Convolutions on native TensorFlow with padding as a number or by side: tfjs-node rejects a number, and in gradients both.
// They are computed as "valid" convolutions of zero-padded images; "same" and "valid" are passed on unchanged.
import { tf } from "../tf.js";

type Shape = [number, number, number, number];
interface Attributes {
  pad: "same" | "valid" | number | tf.backend_util.ExplicitPadding;
  dataFormat: "NHWC" | "NCHW";
  inputShape: Shape;
}
type Inputs = { [name: string]: tf.Tensor4D };
type Kernel = (inputs: Inputs, attributes: Attributes) => tf.Tensor4D;

/** Padding before and after the rows, then before and after the columns. */
type Sides = [[number, number], [number, number]];

const withPaddedImages =
  (builtin: Kernel, sides: Sides): Kernel =>
  ({ x, ...inputs }, attributes) =>
    builtin({ ...inputs, x: tf.pad(x!, [[0, 0], ...sides, [0, 0]]) }, attributes);

/** The gradient of the padded images, cropped to the images. */
const withPaddedGradient =
  (builtin: Kernel, [rows, columns]: Sides): Kernel =>
  (inputs, attributes) => {
    const [batch, height, width, channels] = attributes.inputShape;
    const padded: Shape = [batch, height + rows[0] + rows[1], width + columns[0] + columns[1], channels];
    const gradient = builtin(inputs, { ...attributes, inputShape: padded });
    return tf.slice(gradient, [0, rows[0], columns[0], 0], attributes.inputShape);
  };

const kernels = {
  Conv2D: withPaddedImages,
  FusedConv2D: withPaddedImages,
  Conv2DBackpropFilter: withPaddedImages,
  Conv2DBackpropInput: withPaddedGradient,
};

const sidesOf = (pad: Exclude<Attributes["pad"], string>): Sides =>
  typeof pad === "number"
    ? [
        [pad, pad],
        [pad, pad],
      ]
    : [pad[1]!, pad[2]!];

/** Wraps the convolutions that tfjs has registered for a backend. Must be called at most once in a process. */
export const takeAnyPadding = (backendName: string): void => {
  for (const [kernelName, around] of Object.entries(kernels)) {
    const registered = tf.getKernel(kernelName, backendName);
    if (!registered) continue;
    tf.unregisterKernel(kernelName, backendName);
    tf.registerKernel({
      ...registered,
      kernelFunc: (call) => {
        const { pad, dataFormat } = call.attrs as unknown as Attributes;
        // Channels-first calls go to the original kernel, which rejects them.
        if (typeof pad === "string" || dataFormat !== "NHWC") return registered.kernelFunc(call);
        const builtin = (inputs: object, attributes: object) =>
          registered.kernelFunc({
            ...call,
            inputs: inputs as tf.NamedTensorInfoMap,
            attrs: { ...attributes, pad: "valid" },
          }) as tf.Tensor4D;
        return tf.tidy(() =>
          around(builtin, sidesOf(pad))(call.inputs as Inputs, call.attrs as unknown as Attributes),
        );
      },
    });
  }
};
