// Every figure that runs give, with the name of its file.

import type { Evaluation, Run } from "@mlpconv/runs";
import { curvesOf } from "./curves.js";
import { accuracyStrips } from "./figures/accuracy-strips.js";
import { blocksDiagram } from "./figures/blocks-diagram.js";
import { barClasses, classAccuracy } from "./figures/class-accuracy.js";
import { classMapsFigure, hasMapOfEachClass } from "./figures/class-maps.js";
import { confusionMatrix, shownClasses } from "./figures/confusion-matrix.js";
import { mistakesGrid } from "./figures/mistakes.js";
import { netDiagram } from "./figures/net-diagram.js";
import { overlaidCurves, type Quantity } from "./figures/overlaid-curves.js";
import { trainingCurves } from "./figures/training-curves.js";
import { count } from "./format.js";
import { runFigures } from "./run-figures.js";
import { networkName, repeatsOf } from "./same-settings.js";

/** A figure and the words around it. */
export interface Figure {
  /** Unique within a run, or within a comparison: letters and hyphens. */
  name: string;
  /** Heading above the figure on a page. */
  heading: string;
  /** Text below the figure that explains how to read it. */
  caption: string;
  /** The whole SVG element, colours as CSS variables. */
  svg: string;
}

/** What there is to draw of one run: the more files its folder has, the more. */
export const runFigureList = (run: Run): Figure[] => {
  const { name, evaluation, analysis } = run;
  const { mistakes = [], classMaps = [], net } = analysis ?? {};
  const figures: (Figure | false | undefined)[] = [
    {
      name: "curves",
      heading: "Training",
      caption:
        "In training, five points an epoch, each the mean over the batches since the one before; on the test images, one after each epoch.",
      svg: trainingCurves(run),
    },
    evaluation && {
      name: "confusion",
      heading: "Confusion matrix",
      caption: [
        ...part(shownClasses(evaluation), evaluation, "with the most frequent mistakes"),
        "Rows: true class; columns: predicted class. Correct predictions are blue, mistakes orange.",
      ].join(" "),
      svg: confusionMatrix(name, evaluation),
    },
    evaluation && {
      name: "classes",
      heading: "Accuracy by class",
      caption: [
        ...part(barClasses(evaluation), evaluation, "with the lowest accuracy, the lowest first"),
        "Accuracy of each class on the test images.",
      ].join(" "),
      svg: classAccuracy(name, evaluation),
    },
    analysis &&
      mistakes.length > 0 && {
        name: "mistakes",
        heading: "Most confident mistakes",
        caption: "Predicted class with its probability, and below it the true class.",
        svg: mistakesGrid(name, analysis, mistakes),
      },
    analysis &&
      classMaps.length > 0 && {
        name: "class-maps",
        heading: "Class maps",
        caption: [
          ...(hasMapOfEachClass(analysis)
            ? []
            : [
                `${count(analysis.classes.length)} classes: a row has the maps of those with the highest means, and of the true class.`,
              ]),
          "The maps before global average pooling, through the dense layer if one follows it: blue is positive, orange negative, a row has one scale. Below each map its mean, which is the logit; the highest, in bold, is the predicted class. The frame marks the true class.",
          ...(classMaps.every(({ side }) => side === 1)
            ? ["At this size of image a map is a single pixel: larger images leave maps that show where."]
            : []),
        ].join(" "),
        svg: classMapsFigure(name, analysis, classMaps),
      },
    net && {
      name: "net",
      heading: "Layers",
      caption: `${networkName(run)}. Each box is a layer; beside it are the shape of its output and its parameters.`,
      svg: netDiagram({ ...net, name: networkName(run) }),
    },
  ];
  return figures.filter((one) => one !== false && one !== undefined);
};

/** Says that not all classes are drawn, where that is so. */
const part = (shown: readonly number[], { classes }: Pick<Evaluation, "classes">, which: string): string[] =>
  shown.length < classes.length ? [`The ${shown.length} of ${count(classes.length)} classes ${which}.`] : [];

const inTraining = "Five points an epoch, each the mean over the batches since the one before.";
const captions: Record<Quantity, string> = {
  testAccuracy: "On the test images, after each epoch.",
  validationAccuracy: "On the training images that are held out, after each epoch.",
  trainAccuracy: inTraining,
  loss: inTraining,
};

/** What there is to draw of several runs together. */
export const comparisonFigures = (runs: readonly Run[]): Figure[] => {
  const validated = runs.some((run) => runFigures(run).validationAccuracy !== undefined);
  // One test makes no curve.
  const testedOnce = validated && runs.every((run) => curvesOf(run.events).tests.length <= 1);
  const overlaid: Figure[] = (
    [
      ...(testedOnce ? [] : ([["test-accuracy", "testAccuracy", "Test accuracy"]] as const)),
      ...(validated ? ([["validation-accuracy", "validationAccuracy", "Validation accuracy"]] as const) : []),
      ["train-accuracy", "trainAccuracy", "Train accuracy"],
      ["loss", "loss", "Train loss"],
    ] as const
  ).map(([name, quantity, heading]) => ({
    name,
    heading,
    caption: captions[quantity],
    svg: overlaidCurves(runs, quantity),
  }));
  const strips = repeatsOf(runs).map(({ label, runs: group }) => ({
    label,
    accuracies: group.flatMap((run) => runFigures(run).testAccuracy ?? []),
  }));
  const repeated = strips.some(({ accuracies }) => accuracies.length > 1);
  if (repeated && strips.every(({ accuracies }) => accuracies.length > 0))
    overlaid.push({
      name: "accuracies",
      heading: "Test accuracy of each run",
      caption:
        "Each dot is a run. A bar marks the median of runs that differ only in their seeds; it is written at the right.",
      svg: accuracyStrips("Test accuracy of each run", strips),
    });
  const nets = ["vgg", "nin"].flatMap((beginning) => {
    const found = runs.find(({ analysis }) => analysis?.net?.name.startsWith(beginning));
    return found?.analysis?.net ? [{ ...found.analysis.net, name: networkName(found) }] : [];
  });
  if (nets.length < 2) return overlaid;
  return [
    ...overlaid,
    {
      name: "blocks",
      heading: "Blocks",
      caption: "A VGG block and a NiN block, and the nets that are made of them, from the image down.",
      svg: blocksDiagram(nets),
    },
  ];
};
