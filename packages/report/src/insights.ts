// insights.json: what only the trained net can tell, computed by a program beside this package and drawn by it.
import type { Net } from "./net.js";

/** A test image and what the net makes of it. */
export interface Sample {
  /** Where the image is in the test set; 0 is the first. */
  index: number;
  /** Base64 of 28 x 28 bytes, row by row from the top: Fashion-MNIST's own, 0 is the background. */
  pixels: string;
  /** The true class, an index into `classes`. */
  label: number;
  /** The class with the highest logit. */
  predicted: number;
  /** Of the predicted class, 0 to 1. */
  probability: number;
}

/** The feature maps before global average pooling, one a class: the mean of each is that class's logit. */
export interface ClassMapSample extends Sample {
  /** Rows, and columns, of each map. */
  side: number;
  /** By class, `side * side` values row by row from the top, in float32's precision. */
  maps: number[][];
}

/** What is in a run's insights.json. A part that the net does not have is absent. */
export interface Insights {
  /** The names of the classes, in the order of their labels. */
  classes: string[];
  /** Drawn as a diagram and as a table of layers. */
  net?: Net;
  /** Test images that the net gets wrong, the most confident first. */
  mistakes?: Sample[];
  /** Of nets that end in global average pooling. */
  classMaps?: ClassMapSample[];
}
