// Loss and accuracy of each network, and of a run that was opened, over each other.
import { seriesColour } from "@mlpconv/report";
import { useStore } from "../context.js";
import { Legend, LineChart, type Series } from "../draw/line-chart.js";
import type { Curve } from "../store/live-curve.js";
import type { Text } from "../text/en.js";

/** A curve with the name of what it belongs to; a single one needs none. */
export interface NamedCurve {
  name: string;
  colour: string;
  curve: Curve;
}

const seriesOf = (all: readonly NamedCurve[], t: Text["curves"]) => {
  const alone = all.length === 1;
  const loss = all.map(
    ({ name, colour, curve }): Series => ({
      label: name,
      colour,
      points: curve.points.map(({ x, loss }) => [x, loss] as const),
    }),
  );
  const accuracy = all.flatMap(({ name, colour, curve }): Series[] => [
    {
      label: alone ? t.trainAlone : t.train(name),
      colour,
      points: curve.points.map(({ x, accuracy }) => [x, accuracy] as const),
    },
    {
      label: alone ? t.testAlone : t.test(name),
      colour: alone ? seriesColour(1) : colour,
      dashed: true,
      dots: true,
      points: curve.tests.map(({ x, accuracy }) => [x, accuracy] as const),
    },
  ]);
  return { loss, accuracy };
};

export const CurveCharts = ({ all, epochs }: { all: readonly NamedCurve[]; epochs: number }) => {
  const { text } = useStore();
  const t = text.value.curves;
  const { loss, accuracy } = seriesOf(all, t);
  const end = Math.max(epochs, ...all.map(({ curve }) => curve.points.at(-1)?.x ?? 0));
  // The axis is as long as the curves need, not as all epochs: the beginning is what one watches.
  const last = Math.max(0, ...all.map(({ curve }) => curve.points.at(-1)?.x ?? 0));
  const xMax = Math.min(end, Math.max(0.2, last * 1.15));
  const said = all.flatMap(({ name, curve }) => {
    const point = curve.points.at(-1);
    return point ? [{ name, point, test: curve.tests.at(-1)?.accuracy }] : [];
  });
  const empty = said.length === 0;
  return (
    <div class="charts">
      <figure>
        <figcaption>
          <h3>{t.loss}</h3>
          {all.length > 1 && <Legend series={loss} />}
        </figcaption>
        <LineChart
          heading={t.loss}
          description={
            empty
              ? t.empty
              : said.map(({ name, point }) => t.describeLoss(name, point.loss ?? Number.NaN)).join(" ")
          }
          xLabel={t.epochs}
          xMax={xMax}
          series={loss}
        />
      </figure>
      <figure>
        <figcaption>
          <h3>{t.accuracy}</h3>
          <Legend series={accuracy} />
        </figcaption>
        <LineChart
          heading={t.accuracy}
          description={
            empty
              ? t.empty
              : said
                  .map(({ name, point, test }) => t.describeAccuracy(name, point.accuracy ?? 0, test))
                  .join(" ")
          }
          xLabel={t.epochs}
          xMax={xMax}
          yDomain={[0, 1]}
          percent
          series={accuracy}
        />
      </figure>
    </div>
  );
};

export const Curves = () => {
  const { standings, state, text, settings } = useStore();
  const all = standings.value.map(
    ({ curve }, i): NamedCurve => ({ name: text.value.network(i), colour: seriesColour(i), curve }),
  );
  const epochs = Math.max(...settings.value.map((one) => one.epochs));
  if (all.length === 0) return null;
  return (
    <section class="card" id="curves" aria-label={`${text.value.curves.loss}, ${text.value.curves.accuracy}`}>
      <CurveCharts all={all.slice(0, state.value.networks.length)} epochs={epochs} />
    </section>
  );
};
