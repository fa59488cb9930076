// Where an update writes the new values of a tensor: over the old ones, when nobody else holds them.
import type { TensorInfo } from "@tensorflow/tfjs-core";
import type { NativeBackend } from "../backend.js";

export const successor = (tensor: TensorInfo, backend: NativeBackend): TensorInfo =>
  backend.owned(tensor) ? backend.reshaped(tensor, tensor.shape) : backend.allocate(tensor.shape);
