// PyTorch's `ceil_mode`, built from tfjs's two paddings. tfjs has no such mode. Its "same" puts the odd row of padding after the image: for an
// even side, window 3 and stride 2, that gives exactly the window that ceil mode adds. For an odd side no pixels are left over.
import type { tf } from "@mlpconv/tensor";
import { type Layer, StockMaxPooling2D, sizes } from "./builtin.js";
import { fits } from "./check.js";

type Padding = "same" | "valid";

/** ceil((size - window) / stride) + 1, without a last window that would start outside the image (PyTorch's rule). */
const ceilSize = (size: number, window: number, stride: number): number => {
  const windows = Math.ceil((size - window) / stride) + 1;
  return (windows - 1) * stride >= size ? windows - 1 : windows;
};

/** The tfjs paddings that give the same result as ceil mode along one side. */
const paddings = (size: number, window: number, stride: number): Padding[] => {
  const windows = ceilSize(size, window, stride);
  const missing = Math.max((windows - 1) * stride + window - size, 0);
  const found: Padding[] = [];
  if (Math.floor((size - window) / stride) + 1 === windows) found.push("valid");
  // "same" would put a second missing row before the image, which shifts every window.
  if (Math.ceil(size / stride) === windows && missing <= 1) found.push("same");
  return found;
};

export class CeilMaxPooling2D extends StockMaxPooling2D {
  declare readonly poolSize: [number, number];
  declare readonly strides: [number, number];
  declare padding: Padding;

  /** Two poolings, one along each side. Pooling rows and then columns picks the same pixel among equals as pooling both at once. */
  perSide(): Layer[] {
    const [height, width] = this.poolSize;
    const [down, right] = this.strides;
    return [
      new CeilMaxPooling2D({ poolSize: [1, width], strides: [1, right] }),
      new CeilMaxPooling2D({ poolSize: [height, 1], strides: [down, 1] }),
    ];
  }

  /** The single padding that works for both sides; undefined where height and width need different ones. */
  paddingFor(inputShape: tf.Shape | tf.Shape[]): Padding | undefined {
    const [down, right] = [0, 1].map((side) => {
      const size = sizes(inputShape)[side]!;
      const found = paddings(size, this.poolSize[side]!, this.strides[side]!);
      if (found.length > 0) return found;
      throw new Error(
        `maxPool: ceil with window ${this.poolSize[side]} and stride ${this.strides[side]} on ${size} pixels has no padding in tfjs; ` +
          "use window 3 (or 2) with stride 2, or ceil: false",
      );
    }) as [Padding[], Padding[]];
    return down.find((padding) => right.includes(padding));
  }

  override build(inputShape: tf.Shape | tf.Shape[]): void {
    fits("maxPool", this, inputShape);
    const padding = this.paddingFor(inputShape);
    if (padding === undefined) {
      const [height, width] = sizes(inputShape);
      throw new Error(
        `maxPool: ceil needs sides that are both even or both odd, got ${height}x${width}; \`sequential\` of @mlpconv/layers splits it into two poolings`,
      );
    }
    this.padding = padding;
    super.build(inputShape);
  }

  override computeOutputShape(inputShape: tf.Shape | tf.Shape[]): tf.Shape {
    const [height, width, channels] = sizes(inputShape) as [number, number, number];
    return [
      (inputShape as tf.Shape)[0] ?? null,
      ceilSize(height, this.poolSize[0], this.strides[0]),
      ceilSize(width, this.poolSize[1], this.strides[1]),
      channels,
    ];
  }
}
