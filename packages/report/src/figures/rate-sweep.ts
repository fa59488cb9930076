// Loss over the learning rate, of training in which the rate grows from step to step.
import { colour, seriesColour } from "../themes.js";
import { lineChart, type Series } from "./line-chart.js";

/** A step with its learning rate. */
export interface RateStep {
  /** The learning rate that the step used. */
  learningRate: number;
  /** Smoothed loss, in nats. */
  loss: number;
}

const width = 640;

/**
 * The curve over a logarithmic axis, with a line at the rate that is suggested.
 *
 * @param suggestion undefined where none could be
 */
export const rateSweep = (
  title: string,
  steps: readonly RateStep[],
  suggestion: number | undefined,
): string => {
  const rates = steps.map(({ learningRate }) => learningRate);
  const losses = steps.map(({ loss }) => loss);
  const suggested: Series[] =
    suggestion === undefined
      ? []
      : [
          {
            label: `suggestion: ${suggestion}`,
            colour: colour("muted"),
            dash: "6 4",
            points: [
              [suggestion, 0],
              [suggestion, Math.max(...losses)],
            ],
          },
        ];
  return lineChart({
    width,
    title,
    heading: title,
    description: `Loss from learning rate ${rates[0]} to ${rates.at(-1)}; least loss ${Math.min(...losses).toFixed(3)}; ${suggestion === undefined ? "no rate is suggested" : `suggested rate ${suggestion}`}.`,
    xLabel: "learning rate",
    yLabel: "loss in nats, smoothed",
    xMax: Math.max(...rates),
    xDecadesFrom: Math.min(...rates),
    series: [
      {
        label: "loss",
        colour: seriesColour(0),
        points: steps.map(({ learningRate, loss }) => [learningRate, loss]),
      },
      ...suggested,
    ],
  });
};
