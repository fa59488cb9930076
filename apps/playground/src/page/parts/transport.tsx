// Start, pause, one step, back to the beginning; and how far training is.
import { useEffect } from "preact/hooks";
import { engines } from "../../state/page-state.js";
import { useStore } from "../context.js";
import { decimalText } from "../format.js";
import type { Store } from "../store/store.js";
import { Choice } from "./controls.js";

/** Elements that use Space or letters themselves. */
const usesKeys =
  "input, select, textarea, button, summary, a, [contenteditable], [role=application], [role=tab]";

const useKeys = ({ phase, start, pause, step, reset }: Store) => {
  useEffect(() => {
    const onKey = (event: KeyboardEvent) => {
      if (event.ctrlKey || event.metaKey || event.altKey || event.repeat) return;
      if (event.target instanceof Element && event.target.closest(usesKeys)) return;
      const actions: Record<string, () => unknown> = {
        " ": () => (phase.peek() === "training" ? pause() : start()),
        s: step,
        r: reset,
      };
      const action = actions[event.key];
      if (!action) return;
      event.preventDefault();
      action();
    };
    document.addEventListener("keydown", onKey);
    return () => document.removeEventListener("keydown", onKey);
  }, [phase, start, pause, step, reset]);
};

const Figures = () => {
  const { standings, text, state } = useStore();
  const t = text.value;
  const { transport } = t;
  const all = standings.value;
  const rows: [string, (i: number) => string][] = [
    [transport.epoch, (i) => String(all[i]?.last?.epoch ?? "–")],
    [transport.step_, (i) => (all[i]?.last ? t.count(all[i].last.step) : "–")],
    [transport.loss, (i) => (all[i]?.last ? decimalText(all[i].last.loss) : "–")],
    [transport.trainAccuracy, (i) => (all[i]?.last ? t.percent(all[i].last.trainAccuracy) : "–")],
    [
      transport.testAccuracy,
      (i) => (all[i]?.testAccuracy === undefined ? "–" : t.percent(all[i].testAccuracy)),
    ],
    [transport.speed, (i) => (all[i]?.last ? t.count(Math.round(all[i].last.examplesPerSecond)) : "–")],
  ];
  const networks = state.value.networks;
  return (
    <dl class="tiles figures">
      {rows.map(([label, value]) => (
        <div key={label}>
          <dt>{label}</dt>
          {networks.map((_, i) => (
            <dd key={i} class={networks.length > 1 ? `name-${i}` : ""}>
              {value(i)}
            </dd>
          ))}
        </div>
      ))}
    </dl>
  );
};

export const Transport = () => {
  const store = useStore();
  const { phase, text, loading, opened, changed, standings, state, change, start, pause, step, reset } =
    store;
  useKeys(store);
  const t = text.value.transport;
  const now = phase.value;
  const training = now === "training";
  const begun = standings.value.some(({ last }) => last !== undefined);
  const startWord =
    now === "closed"
      ? t.tryAgain
      : now === "ended" || (changed.value && begun)
        ? t.restart
        : begun
          ? t.resume
          : t.start;
  return (
    <section class="card transport" aria-labelledby="training-heading" id="training" tabIndex={-1}>
      <h2 id="training-heading" class="hidden">
        {t.heading}
      </h2>
      <div class="row">
        {training ? (
          <button type="button" class="primary" id="pause" onClick={() => void pause()}>
            <span aria-hidden="true">❚❚</span> {t.pause}
          </button>
        ) : (
          <button
            type="button"
            class="primary"
            id="start"
            disabled={now === "opening"}
            onClick={() => void start()}
          >
            <span aria-hidden="true">▶</span> {startWord}
          </button>
        )}
        <button
          type="button"
          id="step"
          disabled={training || now === "opening" || now === "closed" || (now === "ended" && !changed.value)}
          onClick={() => void step()}
        >
          {t.step}
        </button>
        <button type="button" id="reset" disabled={now === "opening"} onClick={() => void reset()}>
          {t.reset}
        </button>
        <span class={`phase ${now}`} id="phase">
          {t.phases[now]}
          {now === "opening" && loading.value && ` ${t.loaded(loading.value.bytes, loading.value.total)}`}
        </span>
        <Choice
          label={t.engine}
          value={state.value.engine}
          options={engines.map((name) => [name, t.engines[name]] as const)}
          onChange={(engine) => change({ engine })}
        />
      </div>
      {changed.value && begun && <p class="hint">{t.changed}</p>}
      <Figures />
      <p class="muted">
        {opened.value ? `${opened.value.engine.name}: ${opened.value.engine.device}. ` : ""}
        <span class="keys">{t.keys}</span>
      </p>
    </section>
  );
};
