// Saving and opening: weights, and the folders of runs.
import { seriesColour } from "@mlpconv/report";
import { type PresetName, presetNames, valueAt } from "@mlpconv/runs";
import { useEffect, useState } from "preact/hooks";
import type { SaveFormat } from "../../session/session.js";
import { modelNames, type NetworkChoice, withChange } from "../../state/recipes.js";
import { hasValue, networkPlaces } from "../../state/rows.js";
import { useStore } from "../context.js";
import { folderOfDrop, folderOfFiles, type OpenRun, readRunFolder } from "../run-folder.js";
import { FileDrop } from "./controls.js";
import { CurveCharts } from "./curves.js";
import { NetworkSwitch } from "./network-switch.js";

/** The largest file of weights that is opened, in bytes. */
const mostBytes = 1e9;
/** Milliseconds between two looks into a run's folder. */
const followEvery = 2000;

const download = (name: string, bytes: Uint8Array) => {
  const address = URL.createObjectURL(new Blob([bytes as Uint8Array<ArrayBuffer>]));
  const link = document.createElement("a");
  link.href = address;
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(address), 10_000);
};

const Save = ({ network }: { network: number }) => {
  const { session, text, fail, phase } = useStore();
  const t = text.value.files;
  const [saved, setSaved] = useState("");
  const save = async (format: SaveFormat) => {
    try {
      const files = await session.save(network, format);
      for (const { name, bytes } of files) download(name, bytes);
      setSaved(t.saved(files.map(({ name }) => name).join(", ")));
    } catch (error) {
      fail(error);
    }
  };
  const closed = phase.value === "opening" || phase.value === "closed";
  return (
    <section class="card" aria-labelledby="save-heading">
      <h3 id="save-heading">{t.saveHeading}</h3>
      <p class="muted">{t.saveAbout}</p>
      <p class="buttons">
        {(Object.entries(t.saveFormats) as [SaveFormat, string][]).map(([format, words]) => (
          <button type="button" key={format} disabled={closed} onClick={() => void save(format)}>
            {words}
          </button>
        ))}
      </p>
      <p role="status">{saved}</p>
    </section>
  );
};

const Open = ({ network }: { network: number }) => {
  const { loadWeights, text, say, fail } = useStore();
  const t = text.value.files;
  const [loaded, setLoaded] = useState("");
  const load = async ([file]: readonly File[]) => {
    if (!file) return;
    if (file.size > mostBytes) return say("error", t.tooLarge(file.name, file.size / 1e6));
    try {
      const fresh = await loadWeights(network, new Uint8Array(await file.arrayBuffer()));
      setLoaded(t.loaded(file.name, fresh.join(", ")));
    } catch (error) {
      fail(error);
    }
  };
  return (
    <section class="card" aria-labelledby="open-heading">
      <h3 id="open-heading">{t.openHeading}</h3>
      <FileDrop
        label={t.openChoose}
        hint={t.openAbout}
        accept=".safetensors"
        onFiles={(files) => void load(files)}
      />
      <p role="status">{loaded}</p>
    </section>
  );
};

/** The choice that a run's config.json stands for; undefined if the page has no such model. */
const choiceOf = (
  config: OpenRun["config"],
  data: Parameters<typeof withChange>[3],
): NetworkChoice | undefined => {
  const model = modelNames.find((name) => name === config.model);
  if (!model) return undefined;
  const preset: PresetName = presetNames.find((name) => name === config.preset) ?? "quick";
  return networkPlaces.reduce<NetworkChoice>(
    (choice, place) =>
      hasValue(model, place, valueAt(config, place))
        ? withChange(choice, place, valueAt(config, place), data)
        : choice,
    { model, preset, changes: {} },
  );
};

const RunView = () => {
  const { text, say, fail, info, openChoice, loadWeights, runFolder } = useStore();
  const t = text.value.files;
  const folder = runFolder.value;
  const openRun = (next: typeof folder) => {
    runFolder.value = next;
  };
  const closeRun = () => openRun(undefined);
  const [taken, setTaken] = useState(false);
  const [run, setRun] = useState<OpenRun | undefined>(undefined);
  useEffect(() => {
    if (!folder) return;
    let timer: ReturnType<typeof setTimeout> | undefined;
    let closed = false;
    const read = async () => {
      try {
        const found = await readRunFolder(folder);
        if (closed) return;
        if (!found) {
          say("error", t.noConfig);
          runFolder.value = undefined;
          return;
        }
        setRun(found);
        if (folder.live) timer = setTimeout(() => void read(), followEvery);
      } catch (error) {
        fail(error);
        closeRun();
      }
    };
    void read();
    return () => {
      closed = true;
      clearTimeout(timer);
      setRun(undefined);
      setTaken(false);
    };
  }, [folder]);
  const take = async () => {
    if (!run || !folder) return;
    const choice = choiceOf(run.config, info.peek());
    if (!choice) return say("error", t.runNotOurs(run.config.model));
    try {
      const file = await folder.weights();
      if (!file) return say("error", t.runAbsent);
      if (file.size > mostBytes) return say("error", t.tooLarge("last.safetensors", file.size / 1e6));
      if (!(await openChoice(choice))) return;
      const fresh = await loadWeights(0, new Uint8Array(await file.arrayBuffer()));
      if (fresh.length > 0) say("info", t.loaded("last.safetensors", fresh.join(", ")));
      setTaken(true);
    } catch (error) {
      fail(error);
    }
  };
  return (
    <section class="card wide" id="run" aria-labelledby="run-heading">
      <h3 id="run-heading">{t.runHeading}</h3>
      <FileDrop
        label={t.runChoose}
        hint={t.runAbout}
        folder
        multiple
        onFiles={async (files, items) =>
          openRun(items ? await folderOfDrop(files, items) : folderOfFiles(files))
        }
      />
      {run && (
        <>
          <h4>
            {run.name}: {run.config.model}, {run.config.data.name}, {t.steps(run.steps)}
          </h4>
          {folder?.live && <p class="muted">{t.following}</p>}
          <CurveCharts
            all={[{ name: run.name, colour: seriesColour(0), curve: run.curve }]}
            epochs={run.epochs}
          />
          <p class="buttons">
            <button type="button" disabled={!run.hasWeights} onClick={() => void take()}>
              {t.runNetwork}
            </button>
            <button type="button" onClick={() => closeRun()}>
              {t.close}
            </button>
          </p>
          <p class="muted">{run.hasWeights ? t.runNetworkAbout : t.runAbsent}</p>
          <p role="status">{taken ? t.runTaken : ""}</p>
        </>
      )}
    </section>
  );
};

export const Files = () => {
  const { shown } = useStore();
  return (
    <>
      <NetworkSwitch />
      <div class="cards">
        <Save network={shown.value} />
        <Open network={shown.value} />
        <RunView />
      </div>
    </>
  );
};
