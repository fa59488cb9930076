// The guided tour in English.
import type { TourStepName } from "../../state/tour.js";

/** The words of a step: what it is about, and what to look at while it trains. */
interface TourStepText {
  title: string;
  about: readonly string[];
  look: readonly string[];
}

const steps: Record<TourStepName, TourStepText> = {
  pixels: {
    title: "A 1×1 convolution is a dense layer at each pixel",
    about: [
      "LeNet, AlexNet and VGG end in dense layers, which forget where things are in the image. Network in Network puts small dense layers inside the convolutions instead: one for the channels of each pixel, with the same weights at every pixel. That is what a convolution with a 1×1 window computes.",
      "Below, the first 1×1 convolution of this network beside a dense layer that has the same weights and is given the channels of one pixel, as if that pixel were a sample.",
    ],
    look: [
      "Choose other pixels: the dense layer and the convolution give the same numbers at each.",
      "Train, and pause: the weights have changed, and the two still agree.",
      "Under Try it, “What each layer sees” shows that 1×1 convolutions keep every edge where it is; they only mix channels.",
    ],
  },
  parameters: {
    title: "A tenth of AlexNet's parameters",
    about: [
      "A is NiN, B is AlexNet, on images of 72 pixels. NiN has the windows and channels of AlexNet's first three convolutions, but no dense layers, in which more than four fifths of AlexNet's parameters are.",
    ],
    look: [
      "Parameters and Memory under Network: A has 2.0 million parameters, B 21.6 million. At the chapter's 224 pixels A still has 2.0 million, and B 46.8.",
      "“Blocks of the networks” below them: B ends in three dense layers, A in global average pooling.",
      "The loss and accuracy curves: both learn. After these 150 steps A was right for 59% of the test images and B for 75%; after ten epochs of all 60,000 images, by preset best, A for 93.2% and B for 91.8%.",
    ],
  },
  maps: {
    title: "Global average pooling and class maps",
    about: [
      "The last block has as many channels as there are classes. The mean of a channel over the image is the class's logit, with no dense layer in between. So each class has a map that shows where the network sees it.",
    ],
    look: [
      "Class maps: in each row, the frame is the true class. Its map turns blue where the garment is, while the others fade or turn orange.",
      "The bold number is the highest mean of a row, and so the answer.",
      "Under Try it, draw a boot that is filled and points to the left, as those in the data do: the map lies over your drawing.",
    ],
  },
  lottery: {
    title: "The lottery of the chapter's learning rate",
    about: [
      "Three networks that differ in their seed alone, with the chapter's plain SGD at a learning rate of 0.1 and its ReLU behind the last convolution. So that the draw takes a minute and not an hour, the network is narrow, and He's initialisation and normalised pixels help it off the start; with the chapter's own Xavier initialisation, none of the three moves for a long time.",
    ],
    look: [
      "The loss: 2.303 is that of guessing among ten classes. A leaves it soon and came to 68% of the test images, B and C to 10%. With one thread instead of two, which only rounds otherwise, A came to 67%, B to 26% and C to 19%.",
      "Living channels, by network: behind the last ReLU (6.4), all ten of A lived, none of B and three of C. A class whose channel is dead has a constant logit of 0 and no gradient, and never comes back.",
      "Change a seed under More settings and draw again. One run says little about a recipe.",
    ],
  },
  identity: {
    title: "A start as identity",
    about: [
      "Both networks are NiN with the same optimiser, learning rate and batches. A begins with He's initialisation. In B, the 1×1 convolutions begin as the identity: each passes its input on, so B starts as shallow as a network without them, and grows into its depth.",
    ],
    look: [
      "The loss: B falls while A still guesses. After 150 steps, A was right for 13% of the test images and B for 59%.",
      "Living channels of A and B: random 1×1 layers let channels die before they are used. In the last block (7.0), seven of A's ten died, and two of B's.",
      "Set Initialisation of A to Xavier, the chapter's, and train again: it came to 29%.",
    ],
  },
  depth: {
    title: "More or fewer 1×1 layers",
    about: [
      "The chapter asks why a block has two 1×1 convolutions, and what happens without one. A has none, B one and C two, all with He's initialisation and the same batches.",
    ],
    look: [
      "Parameters and Multiply-adds: a 1×1 convolution costs little.",
      "The loss: A falls at once and was right for 76% of the test images after 150 steps; B and C hardly moved and came to 10% and 13%. It is the depth that is hard to train here, not too much to fit: training and test accuracy are low together.",
      "Set Initialisation of B and C to identity and train again: they came to 65% and 59%. What the layers are good for shows later: after two epochs of all 60,000 images, by preset best, no, one, two and three 1×1 layers came to 88.6%, 89.6%, 89.8% and 90.0%.",
    ],
  },
};

export const tourEn = {
  begin: "Guided tour",
  label: "Steps of the tour",
  heading: (step: number, title: string) => `${step}. ${title}`,
  look: "What to look at",
  measured:
    "The percentages are those of one run on Fashion-MNIST, on engine wasm with two threads. Another engine or number of threads rounds otherwise and comes to others.",
  train: "Train",
  back: "Back",
  next: "Next",
  leave: "Leave the tour",
  share: "Copy link to this step",
  changed: "You have changed the networks of this step.",
  again: "Set them again",
  pixel: {
    picture: "Test image, on which a pixel is chosen",
    column: "Column",
    row: "Row",
    inputs: (n: number) => `The pixel's ${n} channels`,
    dense: (from: number, to: number) => `A dense layer on them, ${from} to ${to}`,
    convolution: (layer: string) => `What the 1×1 convolution ${layer} gives at this pixel`,
    difference: (largest: string) => `Largest difference: ${largest}`,
  },
  steps,
};
