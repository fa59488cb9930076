// One pixel of a test image: its channels, what a dense layer makes of them, and what the 1x1 convolution gives there.
import { useMemo, useState } from "preact/hooks";
import { useStore } from "../context.js";
import { heatOf, Pixels } from "../draw/pixels.js";
import { smallText } from "../format.js";
import { rgbaOf } from "../pictures/prepare.js";
import { useLatest } from "../use-latest.js";

const largestOf = (values: readonly number[]): number => Math.max(...values.map(Math.abs));

/** Numbers as a row of cells. */
const Vector = ({
  label,
  values,
  largest,
}: {
  label: string;
  values: readonly number[];
  largest: number;
}) => {
  const image = useMemo(
    () => heatOf({ width: values.length, height: 1, values: Float32Array.from(values) }, largest),
    [values, largest],
  );
  return (
    <div>
      <span class="muted">{label}</span>
      <Pixels image={image} label="" class="sheet flat" />
    </div>
  );
};

export const PixelSample = () => {
  const { session, text, info, watchedImages, looks, phase, fail } = useStore();
  const t = text.value.tour.pixel;
  const [[x, y], setAt] = useState<readonly [number, number]>([0.5, 0.5]);
  const { shape } = info.value;
  const images = watchedImages.value;
  const pixels = images?.pixels.subarray(0, shape[0] * shape[1] * shape[2]);
  const picture = useMemo(() => pixels && rgbaOf(pixels, shape), [images, shape]);
  const isOpen = phase.value !== "opening" && phase.value !== "closed";
  // Again after each look, which is when the network may be another one.
  const found = useLatest(
    pixels && isOpen ? () => session.pixelAsSample(0, pixels, [x, y]) : undefined,
    [images, isOpen, looks.value[0], x, y],
    fail,
  );
  if (!picture) return null;
  const { width, height } = found?.grid ?? { width: shape[1], height: shape[0] };
  const slider = (label: string, share: number, size: number, set: (share: number) => void) => (
    <label class="field">
      {label}
      <input
        type="range"
        min={0}
        max={size - 1}
        step={1}
        value={Math.floor(share * size)}
        onInput={(event) => set((Number(event.currentTarget.value) + 0.5) / size)}
      />
    </label>
  );
  const difference = found && largestOf(found.dense.map((value, i) => value - found.convolution[i]!));
  const after = found && largestOf([...found.dense, ...found.convolution]);
  return (
    <div class="pixel-sample">
      <div>
        {/* biome-ignore lint/a11y/noStaticElementInteractions lint/a11y/useKeyWithClickEvents: the sliders do the same for a keyboard. */}
        <div
          class="picture"
          onClick={(event) => {
            const box = event.currentTarget.getBoundingClientRect();
            const share = (from: number, at: number, size: number) =>
              Math.min(0.999, Math.max(0, (at - from) / size));
            setAt([share(box.left, event.clientX, box.width), share(box.top, event.clientY, box.height)]);
          }}
        >
          <Pixels image={picture} label={t.picture} />
          <span
            class="chosen"
            style={{
              left: `${(100 * Math.floor(x * width)) / width}%`,
              top: `${(100 * Math.floor(y * height)) / height}%`,
              width: `${100 / width}%`,
              height: `${100 / height}%`,
            }}
          />
        </div>
        {slider(t.column, x, width, (to) => setAt([to, y]))}
        {slider(t.row, y, height, (to) => setAt([x, to]))}
      </div>
      {found && (
        <div class="vectors">
          <Vector
            label={t.inputs(found.inputs.length)}
            values={found.inputs}
            largest={largestOf(found.inputs)}
          />
          <Vector
            label={t.dense(found.inputs.length, found.dense.length)}
            values={found.dense}
            largest={after!}
          />
          <Vector label={t.convolution(found.layer)} values={found.convolution} largest={after!} />
          <p role="status">{t.difference(smallText(difference!))}</p>
        </div>
      )}
    </div>
  );
};
