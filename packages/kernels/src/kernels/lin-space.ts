// LinSpace: each value from its index, because adding the step again and again, as the cpu backend does, adds up the rounding too.
import { newTensor } from "../box.js";
import { kernel } from "../kernel.js";

export const linSpace = kernel<object, { start: number; stop: number; num: number }>(
  "LinSpace",
  (_, { start, stop, num }, backend) =>
    newTensor(backend, [num], "float32", (y) => {
      const values = backend.numbers(y);
      const step = (stop - start) / Math.max(num - 1, 1);
      for (let i = 0; i < num; i++) values[i] = start + i * step;
    }),
);
