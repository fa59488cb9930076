// Rotation of images around a point, to the nearest pixel.
import { backend_util, type RotateWithOffsetAttrs, type TensorInfo, util } from "@tensorflow/tfjs-core";
import { cpuKernel, kernel } from "../kernel.js";

/** The pixel of the image that each pixel of the output shows, row by row; -1 outside of the image. */
const turned = (height: number, width: number, { radians, center }: RotateWithOffsetAttrs): Int32Array => {
  const [centerX, centerY] = backend_util.getImageCenter(center, height, width);
  const [sin, cos] = [Math.sin(radians), Math.cos(radians)];
  const from = new Int32Array(height * width).fill(-1);
  for (let row = 0; row < height; row++) {
    for (let column = 0; column < width; column++) {
      const [x, y] = [column - centerX, row - centerY];
      const across = Math.round(x * cos - y * sin + centerX);
      const down = Math.round(x * sin + y * cos + centerY);
      if (across >= 0 && across < width && down >= 0 && down < height)
        from[row * width + column] = down * width + across;
    }
  }
  return from;
};

const OPAQUE = 255;

const stockRotate = cpuKernel("RotateWithOffset");
export const rotateWithOffset = kernel<{ image: TensorInfo }, RotateWithOffsetAttrs>(
  "RotateWithOffset",
  (inputs, attributes, backend) => {
    const { shape, dtype } = inputs.image;
    if (dtype !== "float32" || shape.length !== 4 || util.sizeFromShape(shape) === 0)
      return stockRotate(inputs, attributes, backend);
    const [batch, height, width, channels] = shape as [number, number, number, number];
    const { fillValue } = attributes;
    // As tfjs has it: a fourth channel is opacity.
    const missing = Float32Array.from({ length: channels }, (_, c) =>
      typeof fillValue === "number" ? fillValue : c === 3 ? OPAQUE : (fillValue[c] ?? Number.NaN),
    );
    const values = backend.floats(inputs.image);
    const y = backend.allocate(shape);
    const pixels = height * width;
    backend.library.call(
      "mlpconv_move_pixels",
      batch,
      pixels,
      channels,
      pixels,
      turned(height, width, attributes),
      missing,
      values,
      backend.floats(y),
    );
    return y;
  },
);
