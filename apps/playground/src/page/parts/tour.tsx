// The guided tour: a card that says what a step shows and what to look at. The step's settings are part of the page's state.
import { useEffect, useRef } from "preact/hooks";
import { sameNetworks } from "../../state/address.js";
import { tourSteps } from "../../state/tour.js";
import { useStore } from "../context.js";
import { CopyLink } from "./copy-link.js";
import { PixelSample } from "./pixel-sample.js";

/** Begins the tour. */
export const TourButton = () => {
  const { state, text, goToStep } = useStore();
  if (state.value.tour > 0) return null;
  return (
    <button type="button" id="tour-begin" onClick={() => void goToStep(1)}>
      {text.value.tour.begin}
    </button>
  );
};

export const Tour = () => {
  const { state, text, phase, start, pause, goToStep } = useStore();
  const heading = useRef<HTMLHeadingElement>(null);
  const { tour, networks } = state.value;
  const before = useRef(tour);
  // A step that the reader goes to is read from its heading on; a page that opens at a step keeps its focus.
  useEffect(() => {
    if (before.current === tour) return;
    before.current = tour;
    heading.current?.focus();
    if (tour === 0) document.getElementById("tour-begin")?.focus();
  }, [tour]);
  const step = tourSteps[tour - 1];
  if (!step) return null;
  const t = text.value.tour;
  const { title, about, look } = t.steps[step.name];
  const go = (to: number) => void goToStep(to);
  const train = () => {
    void start();
    document.getElementById("training")?.focus();
  };
  return (
    <section class="tour" id="tour" aria-labelledby="tour-heading">
      <div class="card">
        <div class="row">
          <nav aria-label={t.label}>
            <ol class="tour-steps">
              {tourSteps.map(({ name }, i) => (
                <li key={name}>
                  <button
                    type="button"
                    aria-label={`${i + 1}: ${t.steps[name].title}`}
                    title={t.steps[name].title}
                    aria-current={i + 1 === tour ? "step" : undefined}
                    onClick={() => go(i + 1)}
                  >
                    {i + 1}
                  </button>
                </li>
              ))}
            </ol>
          </nav>
          <button type="button" onClick={() => go(0)}>
            {t.leave}
          </button>
        </div>
        <h2 id="tour-heading" ref={heading} tabIndex={-1}>
          {t.heading(tour, title)}
        </h2>
        <div class="tour-words">
          <div>
            {about.map((words) => (
              <p key={words}>{words}</p>
            ))}
            {step.name === "pixels" && <PixelSample />}
          </div>
          <div>
            <h3>{t.look}</h3>
            <ul class="look">
              {look.map((words) => (
                <li key={words}>{words}</li>
              ))}
            </ul>
            {look.some((words) => words.includes("%")) && <p class="muted">{t.measured}</p>}
          </div>
        </div>
        {!sameNetworks(networks, step.networks) && (
          <p class="buttons">
            <span class="hint">{t.changed}</span>
            <button type="button" onClick={() => go(tour)}>
              {t.again}
            </button>
          </p>
        )}
        <div class="buttons">
          <button type="button" disabled={tour === 1} onClick={() => go(tour - 1)}>
            {t.back}
          </button>
          {phase.value === "training" ? (
            <button type="button" class="primary" onClick={() => void pause()}>
              {text.value.transport.pause}
            </button>
          ) : (
            <button type="button" class="primary" disabled={phase.value === "opening"} onClick={train}>
              {t.train}
            </button>
          )}
          <button type="button" disabled={tour === tourSteps.length} onClick={() => go(tour + 1)}>
            {t.next}
          </button>
          <CopyLink>{t.share}</CopyLink>
        </div>
      </div>
    </section>
  );
};
