// Where images come from.
import { fashionMnistInfo } from "@mlpconv/datasets/info";
import { useState } from "preact/hooks";
import type { ServedData } from "../../server/served.js";
import { type DataChoice, syntheticExamples } from "../../state/page-state.js";
import { useStore } from "../context.js";
import { Choice, FileDrop, TextField } from "./controls.js";
import { OwnPictures } from "./own-pictures.js";

const Synthetic = ({ data }: { data: Extract<DataChoice, { source: "synthetic" }> }) => {
  const { text, setData } = useStore();
  const t = text.value.data;
  const [draft, setDraft] = useState({ train: data.train, test: data.test });
  const field = (part: "train" | "test") => (
    <TextField
      label={t[part]}
      value={String(draft[part])}
      number
      min={20}
      max={60_000}
      step={1}
      problem={() => "20–60000"}
      read={(typed) => {
        const value = Number(typed);
        const good = Number.isInteger(value) && value >= 20 && value <= 60_000;
        if (good) setDraft((before) => ({ ...before, [part]: value }));
        return good;
      }}
    />
  );
  return (
    <>
      <div class="fields">
        {field("train")}
        {field("test")}
      </div>
      {(draft.train !== data.train || draft.test !== data.test) && (
        <p class="buttons">
          <button type="button" onClick={() => setData({ source: "synthetic", ...draft })}>
            {t.apply}
          </button>
        </p>
      )}
    </>
  );
};

const FromAddress = ({ base }: { base: string }) => {
  const { text, setData } = useStore();
  const t = text.value.data;
  const [draft, setDraft] = useState(base);
  return (
    <>
      <TextField
        label={t.address}
        value={draft}
        placeholder="https://"
        problem={() => t.addressWrong}
        read={(typed) => {
          setDraft(typed);
          return /^https?:\/\/\S+$/.test(typed);
        }}
      />
      <p class="buttons">
        <button
          type="button"
          disabled={!/^https?:\/\/\S+$/.test(draft)}
          onClick={() => setData({ source: "url", base: draft })}
        >
          {t.load}
        </button>
      </p>
    </>
  );
};

/** What the data beside the page is called. */
const nameOf = (served: ServedData | undefined): string =>
  !served || served.name === fashionMnistInfo.name ? "Fashion-MNIST" : served.name;

export const DataChooser = () => {
  const { state, text, opened, setData, chosenSource, served } = useStore();
  const t = text.value.data;
  const { data } = state.value;
  const source = chosenSource.value ?? data.source;
  const found = opened.value?.data;
  return (
    <>
      <Choice
        label={t.source}
        value={source}
        options={{ served: nameOf(served.value), ...t.sources }}
        onChange={(next) => {
          chosenSource.value = next;
          // The others need files or an address first.
          if (next === "served") setData({ source: next });
          if (next === "synthetic") setData({ source: next, ...syntheticExamples });
        }}
      />
      {found && (
        <p class="muted">
          {t.about(found.name, found.train, found.test, found.classes.length)}.
          {data.source === "served" && served.value?.shareOf && ` ${t.share(served.value.shareOf.train)}`}
          {data.source === "served" && served.value?.licence && ` ${served.value.licence}`}
        </p>
      )}
      {source === "synthetic" && data.source === "synthetic" && (
        <Synthetic key={`${data.train}/${data.test}`} data={data} />
      )}
      {source === "dropped" && (
        <FileDrop
          label={t.choose}
          hint={t.idx}
          multiple
          onFiles={(files) => setData({ source: "dropped" }, { source: "dropped", files })}
        />
      )}
      {source === "url" && <FromAddress base={data.source === "url" ? data.base : ""} />}
      {source === "pictures" && <OwnPictures />}
    </>
  );
};
