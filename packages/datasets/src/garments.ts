// The ten classes of Fashion-MNIST, in the order of its labels and in d2l's words.
/** The ten classes of Fashion-MNIST in words; the index is the label. */
export const garments = [
  "t-shirt",
  "trouser",
  "pullover",
  "dress",
  "coat",
  "sandal",
  "shirt",
  "sneaker",
  "bag",
  "ankle boot",
] as const;
