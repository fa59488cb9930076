// NiN's figure, live: where the network sees each class in a few test images.
import { useMemo } from "preact/hooks";
import type { Answer } from "../../session/session.js";
import { useStore } from "../context.js";
import { heatOf, largestOf, Pixels } from "../draw/pixels.js";
import { decimalText } from "../format.js";
import { rgbaOf } from "../pictures/prepare.js";
import { TextField } from "./controls.js";

/** Classes up to which each has its column. */
const mostColumns = 12;
/** Maps in a row of more classes: those of the highest logits, and the true class's. */
const mostOfMany = 8;

/** Classes whose maps are drawn of an image. */
export const drawnClasses = (logits: readonly number[], label: number): number[] => {
  const all = logits.map((_, c) => c);
  if (all.length <= mostColumns) return all;
  const first = all.toSorted((a, b) => logits[b]! - logits[a]!).slice(0, mostOfMany);
  return first.includes(label) ? first : [...first.slice(0, -1), label];
};

/** The class with the highest value. */
export const bestOf = (values: readonly number[]): number =>
  values.reduce((best, value, i) => (value > values[best]! ? i : best), 0);

const Maps = ({ answer, label, named }: { answer: Answer; label: number; named: boolean }) => {
  const { info } = useStore();
  const columns = useMemo(() => drawnClasses(answer.logits, label), [answer, label]);
  const drawn = useMemo(() => {
    const maps = answer.classMaps!;
    const largest = largestOf(columns.map((c) => maps[c]!));
    return columns.map((c) => heatOf(maps[c]!, largest));
  }, [answer, columns]);
  const best = bestOf(answer.logits);
  return (
    <>
      {columns.map((c, i) => (
        <td key={c} class={c === label ? "true-class" : ""}>
          <Pixels image={drawn[i]!} label="" class="map" />
          <span class={c === best ? "logit best" : "logit"}>
            {named && `${info.value.classes[c]} `}
            {decimalText(answer.logits[c] ?? 0, 1)}
          </span>
        </td>
      ))}
    </>
  );
};

const Watch = () => {
  const { watchedImages, watchImages, text, opened } = useStore();
  const t = text.value.figures;
  return (
    <TextField
      label={t.watch}
      value={watchedImages.value?.indices.join(",") ?? ""}
      title={t.watchHelp}
      problem={() => t.watchWrong}
      read={(typed) => {
        const parts = typed.split(",").map((part) => part.trim());
        const most = opened.peek()?.data.test ?? 0;
        if (parts.length > 12 || !parts.every((part) => /^\d{1,6}$/.test(part) && Number(part) < most))
          return false;
        void watchImages([...new Set(parts.map(Number))]);
        return true;
      }}
    />
  );
};

export const ClassMaps = () => {
  const { looks, shown, watchedImages, info, text } = useStore();
  const t = text.value.figures;
  const look = looks.value[shown.value];
  const images = watchedImages.value;
  const { classes, shape } = info.value;
  const each = classes.length <= mostColumns;
  const pictures = useMemo(() => {
    if (!images) return [];
    const size = shape[0] * shape[1] * shape[2];
    return images.indices.map((_, i) => rgbaOf(images.pixels.subarray(i * size, (i + 1) * size), shape));
  }, [images, shape]);
  const fitting = look && images && look.watched.length === images.indices.length;
  const withMaps = fitting && look.watched.every(({ classMaps }) => classMaps !== undefined);
  const right = fitting
    ? look.watched.filter(({ logits }, i) => bestOf(logits) === images.labels[i]).length
    : 0;
  return (
    <section class="card wide" id="maps" aria-labelledby="maps-heading">
      <h3 id="maps-heading">{t.maps}</h3>
      {withMaps ? (
        <>
          {/* biome-ignore lint/a11y/noNoninteractiveTabindex: it scrolls, so a keyboard must reach it. */}
          <section class="scroll" tabIndex={0} aria-label={t.mapsTable}>
            <table class="maps">
              <thead>
                <tr>
                  <th scope="col">{t.image}</th>
                  {each &&
                    classes.map((name) => (
                      <th key={name} scope="col">
                        {name}
                      </th>
                    ))}
                </tr>
              </thead>
              <tbody>
                {look.watched.map((answer, i) => (
                  <tr key={images.indices[i]}>
                    <th scope="row">
                      <Pixels image={pictures[i]!} label="" class="map" />
                      <span class="logit">{classes[images.labels[i]!]}</span>
                    </th>
                    <Maps answer={answer} label={images.labels[i]!} named={!each} />
                  </tr>
                ))}
              </tbody>
            </table>
          </section>
          <p class="muted">
            {t.mapsDescribed(right, images.indices.length)} {t.mapsAbout} {!each && t.mapsOfMany}
          </p>
        </>
      ) : (
        <p class="muted">{fitting ? t.noMaps : t.waiting}</p>
      )}
      {images && <Watch />}
    </section>
  );
};
