// @mlpconv/report: figures and tables from runs.

export { classAccuracies } from "./class-accuracies.js";
export { checkSameData, DifferentDataError } from "./compare.js";
export { type CurvePoint, type Curves, curvesOf } from "./curves.js";
export { accuracyStrips, type Strip } from "./figures/accuracy-strips.js";
export { blocksDiagram } from "./figures/blocks-diagram.js";
export { classAccuracy } from "./figures/class-accuracy.js";
export { classMapsFigure, logitsOf } from "./figures/class-maps.js";
export { confusionMatrix } from "./figures/confusion-matrix.js";
export {
  type ImageSheet,
  imageSheet,
  mostOnSheet,
  type SheetRow,
  sheetCell,
} from "./figures/image-sheet.js";
export { type LineChart, lineChart, type Series } from "./figures/line-chart.js";
export { mistakesGrid } from "./figures/mistakes.js";
export { netDiagram } from "./figures/net-diagram.js";
export { overlaidCurves, type Quantity } from "./figures/overlaid-curves.js";
export { type RateStep, rateSweep } from "./figures/rate-sweep.js";
export { type ScalingCurve, scalingCurves } from "./figures/scaling-curves.js";
export { shrinkImage, shrunkShape } from "./figures/shrink-image.js";
export { trainingCurves } from "./figures/training-curves.js";
export { comparisonFigures, type Figure, runFigureList } from "./figures.js";
export { heatColours } from "./heat-colours.js";
export { type PageOptions, renderPage, type SummaryTable } from "./page/render-page.js";
export { type RunFigures, runFigures } from "./run-figures.js";
export { networkName } from "./same-settings.js";
export { colour, seriesColour, type Theme, themes, withTheme } from "./themes.js";
