// The ten classes of Fashion-MNIST, in the order of its labels and in d2l's words.
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
