// The page: header, settings, and the views beside them.
import { useSignalEffect } from "@preact/signals";
import { useEffect, useRef, useState } from "preact/hooks";
import { type ColourScheme, colourSchemes, mostNetworks, type View, views } from "../state/page-state.js";
import { StoreContext, useStore } from "./context.js";
import { ClassBars } from "./parts/class-bars.js";
import { ClassMaps } from "./parts/class-maps.js";
import { Card, Segments } from "./parts/controls.js";
import { CopyLink } from "./parts/copy-link.js";
import { Curves } from "./parts/curves.js";
import { DataChooser } from "./parts/data-chooser.js";
import { Command, Diagram } from "./parts/diagram.js";
import { Files } from "./parts/files.js";
import { Channels, Filters, Sizes } from "./parts/look-figures.js";
import { NetworkEditor } from "./parts/network-editor.js";
import { NetworkSwitch } from "./parts/network-switch.js";
import { Tour, TourButton } from "./parts/tour.js";
import { Transport } from "./parts/transport.js";
import { TryIt } from "./parts/try-it.js";
import type { Store } from "./store/store.js";

const Header = () => {
  const { state, text, change } = useStore();
  const t = text.value;
  return (
    <header>
      <button type="button" class="skip" onClick={() => document.getElementById("training")?.focus()}>
        {t.skip}
      </button>
      <div class="title">
        <h1>{t.title}</h1>
        <p class="muted">{t.lead}</p>
      </div>
      <div class="row">
        <TourButton />
        <CopyLink id="share">{t.share}</CopyLink>
        <Segments
          label={t.colours.label}
          hideLabel
          value={state.value.colours}
          options={
            Object.fromEntries(colourSchemes.map((name) => [name, t.colours[name]])) as Record<
              ColourScheme,
              string
            >
          }
          onChange={(colours) => change({ colours })}
        />
        <Segments
          label={t.language}
          hideLabel
          value={state.value.language}
          options={{ en: "EN", zh: "中文" }}
          onChange={(language) => change({ language })}
        />
      </div>
    </header>
  );
};

const Notices = () => {
  const { notices, text, dismiss } = useStore();
  return (
    <section class="notices" aria-label={text.value.messages} aria-live="polite">
      {notices.value.map(({ id, kind, text: words }) => (
        <p key={id} class={`notice ${kind}`}>
          <span>{words}</span>
          <button
            type="button"
            aria-label={text.value.dismiss}
            title={text.value.dismiss}
            onClick={() => dismiss(id)}
          >
            ×
          </button>
        </p>
      ))}
    </section>
  );
};

const Settings = ({ wide }: { wide: boolean }) => {
  const { state, text, opened, addNetwork } = useStore();
  const t = text.value;
  const { networks } = state.value;
  const data = opened.value?.data;
  return (
    <aside>
      <Card heading={t.data.heading} summary={data && `${data.name}, ${t.count(data.train)}`} open={wide}>
        <DataChooser />
      </Card>
      <Card
        heading={t.editor.heading}
        summary={networks.map(({ model, preset }) => `${model}, ${preset}`).join(" · ")}
        open={wide}
      >
        {networks.map((_, at) => (
          <div key={at}>
            <NetworkEditor at={at} />
            <Command at={at} />
          </div>
        ))}
        {networks.length < mostNetworks && (
          <p class="buttons">
            <button type="button" id="add-network" onClick={addNetwork}>
              {t.editor.add}
            </button>
          </p>
        )}
        <Diagram />
      </Card>
    </aside>
  );
};

const TrainView = () => (
  <>
    <Curves />
    <NetworkSwitch />
    <div class="cards">
      <ClassMaps />
      <ClassBars />
      <Filters />
      <Channels />
      <Sizes />
    </div>
  </>
);

const panels: Record<View, () => preact.JSX.Element> = { train: TrainView, try: TryIt, files: Files };

const Views = () => {
  const { state, text, change } = useStore();
  const t = text.value.views;
  const list = useRef<HTMLDivElement>(null);
  const { view } = state.value;
  const Panel = panels[view];
  const go = (to: View) => {
    change({ view: to });
    list.current?.querySelector<HTMLElement>(`#tab-${to}`)?.focus();
  };
  return (
    <>
      <div
        class="tabs"
        role="tablist"
        aria-label={t.label}
        ref={list}
        onKeyDown={(event) => {
          const step = event.key === "ArrowRight" ? 1 : event.key === "ArrowLeft" ? -1 : 0;
          if (step === 0) return;
          event.preventDefault();
          go(views[(views.indexOf(view) + step + views.length) % views.length]!);
        }}
      >
        {views.map((name) => (
          <button
            key={name}
            type="button"
            role="tab"
            id={`tab-${name}`}
            aria-selected={name === view}
            aria-controls="panel"
            tabIndex={name === view ? 0 : -1}
            onClick={() => change({ view: name })}
          >
            {t[name]}
          </button>
        ))}
      </div>
      <div role="tabpanel" id="panel" aria-labelledby={`tab-${view}`}>
        <Panel />
      </div>
    </>
  );
};

/** Whether there is room for settings beside the figures. */
const useWide = (): boolean => {
  const [query] = useState(() => matchMedia("(min-width: 60rem)"));
  const [wide, setWide] = useState(query.matches);
  useEffect(() => {
    const follow = () => setWide(query.matches);
    query.addEventListener("change", follow);
    return () => query.removeEventListener("change", follow);
  }, [query]);
  return wide;
};

const Page = () => {
  const { state, text, announcement } = useStore();
  const wide = useWide();
  useSignalEffect(() => {
    const { language, colours } = state.value;
    const root = document.documentElement;
    root.lang = language === "zh" ? "zh-CN" : "en";
    root.dataset.colours = colours;
    document.title = text.value.title;
  });
  return (
    <>
      <Header />
      <Notices />
      <Tour />
      <div class="page">
        <Settings wide={wide} />
        <main>
          <Transport />
          <Views />
        </main>
      </div>
      <p class="hidden" role="status" id="announcement">
        {announcement.value}
      </p>
    </>
  );
};

export const App = ({ store }: { store: Store }) => (
  <StoreContext.Provider value={store}>
    <Page />
  </StoreContext.Provider>
);
