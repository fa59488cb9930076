// A net as the diagrams and the per-layer table see it: plain JSON, no tensors.

/** One layer of a net: its window, its output and what it costs. */
export interface Layer {
  /** Its `state_dict` path: "0.2" is in block 0. */
  name: string;
  /** tfjs's class name: Conv2D, MaxPooling2D, AveragePooling2D, GlobalAveragePooling2D, Dense, Dropout, Flatten, ... */
  kind: string;
  /** Without the batch: [rows, columns, channels] or [features]. */
  outputShape: number[];
  /** Trainable numbers. */
  parameters: number;
  /** Of one image forward; bias additions not counted. */
  multiplyAccumulates: number;
  /** Of one image in float32; 0 for what works in place. */
  activationBytes: number;
  /** Side of a convolution's or pooling's window. */
  kernel?: number;
  /** Of a convolution or pooling. */
  stride?: number;
  /** As PyTorch has it: zeros on each side. */
  padding?: number;
  /** "relu", "sigmoid"; absent when linear. */
  activation?: string;
  /** Of dropout: the share that is dropped. */
  rate?: number;
}

/** A net as a list of layers. */
export interface Net {
  /** "nin", "vgg11", ... */
  name: string;
  /** [rows, columns, channels]. */
  inputShape: number[];
  /** In order; an activation is part of the layer before it, a ZeroPadding2D of the convolution after it. */
  layers: Layer[];
}
