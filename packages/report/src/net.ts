// A net as the diagrams and the per-layer table see it: plain JSON, no tensors.
export type { Layer, NetDescription as Net } from "@mlpconv/trainer/run-files";
