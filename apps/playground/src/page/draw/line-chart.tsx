// Curves over epochs as SVG, as wide as the page has room.
import { scaleLinear } from "d3-scale";
import { line } from "d3-shape";
import { useEffect, useRef, useState } from "preact/hooks";

export interface Series {
  label: string;
  colour: string;
  dashed?: boolean;
  /** Whether each point has a dot. */
  dots?: boolean;
  /** [x, y]; a y that is null breaks the line. */
  points: readonly (readonly [x: number, y: number | null])[];
}

export interface LineChartProps {
  heading: string;
  /** What a screen reader says: the last figures of each curve. */
  description: string;
  xLabel: string;
  /** Right end of the x axis at least. */
  xMax: number;
  /** Absent: from 0 to the largest value, but without the few highest. */
  yDomain?: readonly [number, number];
  series: readonly Series[];
  percent?: boolean;
}

const height = 220;
const margin = { top: 10, right: 12, bottom: 34, left: 44 };

/** Largest value that the y axis needs: a single high value at the start would flatten the rest. */
const highest = (series: readonly Series[]): number => {
  const values = series.flatMap(({ points }) => points.flatMap(([, y]) => (y === null ? [] : [y])));
  if (values.length === 0) return 1;
  const sorted = values.toSorted((a, b) => a - b);
  // A short curve is shown whole.
  const counted = sorted.length < 50 ? sorted.length - 1 : Math.floor(0.98 * (sorted.length - 1));
  return Math.max(0.1, 1.1 * sorted[counted]!);
};

/** Least distance between dots, in pixels: closer ones would hide the lines below them. */
const dotRoom = 9;

/** Whether dots at these pixels, from left to right, do not run into each other. */
const haveRoom = (at: readonly number[]): boolean =>
  at.length < 2 || at.at(-1)! - at[0]! >= dotRoom * (at.length - 1);

export const LineChart = ({
  heading,
  description,
  xLabel,
  xMax,
  yDomain,
  series,
  percent,
}: LineChartProps) => {
  const frame = useRef<HTMLDivElement>(null);
  const [width, setWidth] = useState(420);
  useEffect(() => {
    const observer = new ResizeObserver(([entry]) => {
      if (entry) setWidth(Math.max(240, Math.round(entry.contentRect.width)));
    });
    observer.observe(frame.current!);
    return () => observer.disconnect();
  }, []);
  const x = scaleLinear([0, xMax], [margin.left, width - margin.right]);
  const y = scaleLinear(yDomain ?? [0, highest(series)], [height - margin.bottom, margin.top]);
  const path = line<readonly [number, number | null]>()
    .defined(([, value]) => value !== null)
    .x(([value]) => x(value))
    .y(([, value]) => y(value ?? 0))
    .digits(1);
  const yTicks = y.ticks(5);
  const format = y.tickFormat(5, percent ? "%" : undefined);
  const xTicks = x.ticks(Math.min(6, Math.floor(width / 70)));
  return (
    <div class="chart" ref={frame}>
      <svg width={width} height={height} role="img" aria-label={`${heading}. ${description}`}>
        <clipPath id={`clip-${heading}`}>
          <rect
            x={margin.left}
            y={margin.top - 2}
            width={width - margin.left - margin.right + 5}
            height={height - margin.top - margin.bottom + 4}
          />
        </clipPath>
        {yTicks.map((tick) => (
          <g key={tick}>
            <path class="grid" d={`M${margin.left} ${y(tick)}H${width - margin.right}`} />
            <text class="tick" x={margin.left - 6} y={y(tick) + 4} text-anchor="end">
              {format(tick)}
            </text>
          </g>
        ))}
        {xTicks.map((tick) => (
          <text class="tick" key={tick} x={x(tick)} y={height - margin.bottom + 16} text-anchor="middle">
            {tick}
          </text>
        ))}
        <text class="tick" x={(margin.left + width - margin.right) / 2} y={height - 4} text-anchor="middle">
          {xLabel}
        </text>
        <path class="axis" d={`M${margin.left} ${height - margin.bottom}H${width - margin.right}`} />
        <g clip-path={`url("#clip-${heading}")`}>
          {series.map(({ label, colour, dashed, dots, points }) => (
            <g key={label}>
              <path
                class="curve"
                d={path(points as [number, number | null][]) ?? ""}
                stroke={colour}
                stroke-dasharray={dashed ? "5 4" : undefined}
              />
              {dots &&
                haveRoom(points.map(([at]) => x(at))) &&
                points.map(([at, value]) =>
                  value === null ? null : <circle key={at} cx={x(at)} cy={y(value)} r="3.5" fill={colour} />,
                )}
            </g>
          ))}
        </g>
      </svg>
    </div>
  );
};

/** The colours of curves in words, above a chart. */
export const Legend = ({ series }: { series: readonly Pick<Series, "label" | "colour" | "dashed">[] }) => (
  <ul class="legend">
    {series.map(({ label, colour, dashed }) => (
      <li key={label}>
        <svg width="26" height="8" aria-hidden="true">
          <path d="M0 4H26" stroke={colour} stroke-width="3" stroke-dasharray={dashed ? "5 4" : undefined} />
        </svg>
        {label}
      </li>
    ))}
  </ul>
);
