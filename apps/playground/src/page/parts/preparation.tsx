// How a picture becomes the pixels that the network gets, step by step.
import { useMemo } from "preact/hooks";
import { useStore } from "../context.js";
import { Pixels } from "../draw/pixels.js";
import { type Box, type Inversion, type Prepared, type Rgba, rgbaOf } from "../pictures/prepare.js";
import { Segments } from "./controls.js";

/** A picture to try, and the part of it that counts. */
export interface Tried {
  picture: Rgba;
  box: Box;
  /** Where it is a test image: its number and class; it is not changed. */
  test?: { index: number; label: number };
}

export const Preparation = ({
  tried,
  prepared,
  inversion,
}: {
  tried: Tried;
  prepared: Prepared;
  inversion: Inversion;
}) => {
  const { text, info, setInversion } = useStore();
  const t = text.value.tryIt;
  const { shape } = info.value;
  const final = useMemo(() => rgbaOf(prepared.pixels, shape), [prepared, shape]);
  const steps: [string, Rgba][] = tried.test
    ? [[t.sources.test, final]]
    : [
        [t.steps.picture, tried.picture],
        [t.steps.crop, prepared.cropped],
        ...(prepared.grey ? [[t.steps.grey, prepared.grey] as [string, Rgba]] : []),
        [t.steps.resize(shape[0]), prepared.resized],
        [prepared.inverted ? t.steps.inverted : t.steps.notInverted, final],
      ];
  return (
    <section class="card wide" aria-labelledby="steps-heading">
      <h3 id="steps-heading">{t.preparing}</h3>
      <ol class="steps">
        {steps.map(([label, image]) => (
          <li key={label}>
            <Pixels image={image} label="" />
            <span>{label}</span>
          </li>
        ))}
      </ol>
      {!tried.test && (
        <Segments
          label={t.invert.label}
          value={inversion}
          options={{ auto: t.invert.auto, yes: t.invert.yes, no: t.invert.no }}
          onChange={setInversion}
        />
      )}
    </section>
  );
};
