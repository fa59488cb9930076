// What is seen of a network between two steps: filters, living channels, and sizes of weights, gradients and updates.
import { scaleLog } from "d3-scale";
import { useMemo } from "preact/hooks";
import type { Look } from "../../session/session.js";
import { useStore } from "../context.js";
import { largestOf, Pixels, sheetOf } from "../draw/pixels.js";
import { smallText } from "../format.js";
import type { Rgba } from "../pictures/prepare.js";

/** Filters that are drawn. */
const mostFilters = 64;

const filterSheet = ({ filters: { inputs, outputs, grids } }: Look): Rgba => {
  const shown = Math.min(outputs, mostFilters);
  if (inputs !== 3) {
    // One grid of each filter: that of the first channel.
    const first = Array.from({ length: shown }, (_, i) => grids[i * inputs]!);
    return sheetOf(first, 12, largestOf(first));
  }
  // Colours: a filter's three grids are the red, green and blue of its picture.
  const used = grids.slice(0, shown * 3);
  const largest = largestOf(used) || 1;
  const sheet = sheetOf(
    used.filter((_, i) => i % 3 === 0),
    12,
    largest,
  );
  const [first] = used;
  if (!first) return sheet;
  const across = Math.min(12, shown);
  for (let i = 0; i < shown; i++) {
    const [left, top] = [(i % across) * (first.width + 1), Math.floor(i / across) * (first.height + 1)];
    for (let at = 0; at < first.values.length; at++) {
      const to = 4 * ((top + Math.floor(at / first.width)) * sheet.width + left + (at % first.width));
      for (let c = 0; c < 3; c++)
        sheet.data[to + c] = 127.5 + (127.5 * used[3 * i + c]!.values[at]!) / largest;
      sheet.data[to + 3] = 255;
    }
  }
  return sheet;
};

export const Filters = () => {
  const { looks, shown, text } = useStore();
  const t = text.value.figures;
  const look = looks.value[shown.value];
  const sheet = useMemo(() => look && filterSheet(look), [look]);
  return (
    <section class="card" id="filters" aria-labelledby="filters-heading">
      <h3 id="filters-heading">{t.filters}</h3>
      {look && sheet && sheet.width > 0 ? (
        <>
          <Pixels image={sheet} label={t.filters} class="sheet" />
          <p class="muted">
            {t.filtersAbout(Math.min(look.filters.outputs, mostFilters), look.filters.outputs)}
          </p>
        </>
      ) : (
        <p class="muted">{t.waiting}</p>
      )}
    </section>
  );
};

/** A strip of cells as rectangles in one path each for living and dead channels. */
const Strip = ({ alive, label }: { alive: Float32Array; label: string }) => {
  const cells = [...alive];
  const size = 100 / cells.length;
  return (
    <svg class="strip" viewBox="0 0 100 8" preserveAspectRatio="none" role="img" aria-label={label}>
      {cells.map((share, i) =>
        share === 0 ? (
          <g key={i} class="dead">
            <rect x={i * size} y="0" width={size * 0.92} height="8" />
            <path d={`M${i * size} 0L${(i + 0.92) * size} 8M${(i + 0.92) * size} 0L${i * size} 8`} />
          </g>
        ) : (
          <rect
            key={i}
            class="alive"
            x={i * size}
            y="0"
            width={size * 0.92}
            height="8"
            opacity={0.15 + 0.85 * share}
          />
        ),
      )}
    </svg>
  );
};

export const Channels = () => {
  const { looks, shown, text } = useStore();
  const t = text.value.figures;
  const look = looks.value[shown.value];
  return (
    <section class="card" id="channels" aria-labelledby="channels-heading">
      <h3 id="channels-heading">{t.channels}</h3>
      {look ? (
        <>
          <ul class="strips">
            {look.activity.map(({ layer, alive }) => {
              const dead = alive.reduce((sum, share) => sum + (share === 0 ? 1 : 0), 0);
              const words = t.dead(dead, alive.length);
              return (
                <li key={layer}>
                  <span class="layer">{layer}</span>
                  <Strip alive={alive} label={`${t.layer} ${layer}: ${words}`} />
                  <span class={dead > 0 ? "warm" : "muted"}>{words}</span>
                </li>
              );
            })}
          </ul>
          <p class="muted">{t.channelsAbout}</p>
        </>
      ) : (
        <p class="muted">{t.waiting}</p>
      )}
    </section>
  );
};

const quantities = ["weights", "gradient", "update"] as const;

export const Sizes = () => {
  const { looks, shown, text } = useStore();
  const t = text.value.figures;
  const look = looks.value[shown.value];
  const sizes = look?.sizes ?? [];
  const values = sizes.flatMap((row) => quantities.map((name) => row[name])).filter((value) => value > 0);
  const low = Math.max(1e-9, Math.min(...values));
  const high = Math.max(...values);
  const at = scaleLog([low / 2, high], [0, 100]).clamp(true);
  return (
    <section class="card" id="sizes" aria-labelledby="sizes-heading">
      <h3 id="sizes-heading">{t.sizes}</h3>
      {values.length > 0 ? (
        <>
          <table class="bars sizes">
            <thead>
              <tr>
                <th scope="col">{t.layer}</th>
                {quantities.map((name) => (
                  <th key={name} scope="col">
                    {t[name]}
                  </th>
                ))}
              </tr>
            </thead>
            <tbody>
              {sizes.map((row) => (
                <tr key={row.layer}>
                  <th scope="row">{row.layer}</th>
                  {quantities.map((name, i) => (
                    <td key={name}>
                      <span
                        class="bar"
                        data-series={i}
                        style={{ width: `${row[name] > 0 ? at(row[name]) : 0}%` }}
                      />
                      <span class="value">{smallText(row[name])}</span>
                    </td>
                  ))}
                </tr>
              ))}
            </tbody>
          </table>
          <p class="muted">{t.sizesAbout}</p>
        </>
      ) : (
        <p class="muted">{t.waiting}</p>
      )}
    </section>
  );
};
