// A sheet to draw on with a finger, a mouse or the keyboard: black on white, as on paper.
import { useEffect, useRef, useState } from "preact/hooks";
import { useStore } from "../context.js";
import type { Rgba } from "../pictures/prepare.js";
import { Segments } from "./controls.js";

const side = 280;
/** Pixels that an arrow key moves the pen. */
const stride = 10;

const moves: Record<string, readonly [number, number]> = {
  ArrowLeft: [-stride, 0],
  ArrowRight: [stride, 0],
  ArrowUp: [0, -stride],
  ArrowDown: [0, stride],
};

const widths = { 8: "S", 16: "M", 28: "L" } as const;

/** @param onDrawing gets the drawing after each line; undefined when the sheet is empty again */
export const DrawingPad = ({ onDrawing }: { onDrawing(drawing: Rgba | undefined): void }) => {
  const { text } = useStore();
  const t = text.value.tryIt;
  const canvas = useRef<HTMLCanvasElement>(null);
  const last = useRef<readonly [number, number] | undefined>(undefined);
  const [pen, setPen] = useState({ x: side / 2, y: side / 2, down: false, used: false });
  const [width, setWidth] = useState<keyof typeof widths>(16);
  const context = () => canvas.current!.getContext("2d", { willReadFrequently: true })!;

  const clear = () => {
    const pad = context();
    pad.fillStyle = "#fff";
    pad.fillRect(0, 0, side, side);
  };
  useEffect(clear, []);

  const lineTo = (from: readonly [number, number], to: readonly [number, number]) => {
    const pad = context();
    pad.strokeStyle = "#000";
    pad.lineCap = "round";
    pad.lineJoin = "round";
    pad.lineWidth = Number(width);
    pad.beginPath();
    pad.moveTo(...from);
    pad.lineTo(to[0] + 0.01, to[1]);
    pad.stroke();
  };
  const publish = () => {
    const { data } = context().getImageData(0, 0, side, side);
    onDrawing({ width: side, height: side, data });
  };
  const placeOf = (event: PointerEvent): readonly [number, number] => {
    const { left, top, width: shown } = canvas.current!.getBoundingClientRect();
    const scale = side / shown;
    return [(event.clientX - left) * scale, (event.clientY - top) * scale];
  };
  const empty = () => {
    clear();
    setPen((one) => ({ ...one, down: false }));
    onDrawing(undefined);
  };

  return (
    <div class="pad">
      <div class="sheet-frame">
        {/* biome-ignore lint/a11y/noInteractiveElementToNoninteractiveRole: a sheet that takes keys itself is an application. */}
        <canvas
          ref={canvas}
          id="pad"
          width={side}
          height={side}
          role="application"
          aria-label={t.pad}
          tabIndex={0}
          onPointerDown={(event) => {
            event.currentTarget.setPointerCapture(event.pointerId);
            last.current = placeOf(event);
            lineTo(last.current, last.current);
          }}
          onPointerMove={(event) => {
            if (!last.current) return;
            for (const each of event.getCoalescedEvents?.() ?? [event]) {
              const to = placeOf(each);
              lineTo(last.current, to);
              last.current = to;
            }
          }}
          onPointerUp={() => {
            if (last.current) publish();
            last.current = undefined;
          }}
          onPointerCancel={() => {
            last.current = undefined;
          }}
          onKeyDown={(event) => {
            const move = moves[event.key];
            if (event.key === "Delete" || event.key === "Backspace") empty();
            else if (event.key === " ") {
              if (!pen.down) {
                lineTo([pen.x, pen.y], [pen.x, pen.y]);
                publish();
              }
              setPen({ ...pen, down: !pen.down, used: true });
            } else if (move) {
              const to = {
                x: Math.min(side, Math.max(0, pen.x + move[0])),
                y: Math.min(side, Math.max(0, pen.y + move[1])),
              };
              if (pen.down) {
                lineTo([pen.x, pen.y], [to.x, to.y]);
                publish();
              }
              setPen({ ...pen, ...to, used: true });
            } else return;
            event.preventDefault();
          }}
        />
        {pen.used && (
          <span
            class={`pen ${pen.down ? "down" : ""}`}
            aria-hidden="true"
            style={{ left: `${(100 * pen.x) / side}%`, top: `${(100 * pen.y) / side}%` }}
          />
        )}
      </div>
      <span class="hidden" role="status">
        {pen.used ? (pen.down ? t.penDown : t.penUp) : ""}
      </span>
      <div class="row">
        <Segments
          label={t.thickness}
          value={String(width)}
          options={widths as Record<string, string>}
          onChange={(value) => setWidth(Number(value) as keyof typeof widths)}
        />
        <button type="button" onClick={empty}>
          {t.clear}
        </button>
      </div>
      <p class="muted">{t.padHelp}</p>
    </div>
  );
};
