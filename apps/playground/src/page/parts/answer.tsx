// What a network answers: the most probable classes, and the map of a class over the picture.
import { useMemo, useState } from "preact/hooks";
import type { Answer, Grid } from "../../session/session.js";
import { useStore } from "../context.js";
import { heatOf, largestOf, Pixels } from "../draw/pixels.js";
import { rgbaOf, toGrey } from "../pictures/prepare.js";
import { bestOf } from "./class-maps.js";

/** Classes that are listed. */
const mostAnswers = 5;

export const AnswerList = ({ answer }: { answer: Answer }) => {
  const { text, info } = useStore();
  const t = text.value;
  const { classes } = info.value;
  const order = answer.probabilities
    .map((probability, c) => [probability, c] as const)
    .toSorted(([a], [b]) => b - a)
    .slice(0, mostAnswers);
  return (
    <table class="bars answers">
      <tbody>
        {order.map(([probability, c]) => (
          <tr key={c}>
            <th scope="row" title={classes[c]}>
              {classes[c]}
            </th>
            <td>
              <span class="bar" style={{ width: `${100 * probability}%` }} data-series={0} />
              <span class="value">{t.percent(probability)}</span>
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  );
};

/** A class map over the picture that the network got. */
export const MapOver = ({ answer, pixels }: { answer: Answer; pixels: Uint8Array }) => {
  const { text, info } = useStore();
  const t = text.value.tryIt;
  const { classes, shape } = info.value;
  const best = bestOf(answer.logits);
  const [chosen, setChosen] = useState<number | undefined>(undefined);
  const shown = chosen ?? best;
  const maps = answer.classMaps;
  // In grey, because the map has the colours.
  const picture = useMemo(() => toGrey(rgbaOf(pixels, shape)), [pixels, shape]);
  const heat = useMemo(() => {
    const map: Grid | undefined = maps?.[shown];
    return map && maps && heatOf(map, largestOf(maps));
  }, [maps, shown]);
  if (!heat) return null;
  return (
    <div class="over">
      <h4>{t.over}</h4>
      <div class="stack">
        <Pixels image={picture} label="" />
        <Pixels image={heat} label={`${t.over}: ${classes[shown]}`} class="above" />
      </div>
      <div class="field">
        <label for="over-class">{t.overClass}</label>
        <select
          id="over-class"
          value={String(shown)}
          onChange={(event) => setChosen(Number(event.currentTarget.value))}
        >
          {classes.map((name, c) => (
            <option key={name} value={c} selected={c === shown}>
              {name}
            </option>
          ))}
        </select>
      </div>
    </div>
  );
};
