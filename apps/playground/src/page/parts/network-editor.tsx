// A network and how it is trained: presets and all settings, with what it costs as one edits.
import { type PresetName, presetNames, valueAt } from "@mlpconv/runs";
import { modelNames, type NetworkChoice, withChange, withoutIdle } from "../../state/recipes.js";
import { hasSetting, hasValue, isOfUse, limitsOf, type NetworkPlace, rowOf } from "../../state/rows.js";
import { useStore } from "../context.js";
import { bytesText, compactText } from "../format.js";
import { Choice, TextField } from "./controls.js";

/** Settings that the page shows, by part. Others can be given in the address. */
export const groups = {
  network: ["net.ratio", "net.pointwise", "net.init.weights", "net.dropout", "net.lastRelu", "net.batchNorm"],
  training: ["optimizer", "learningRate", "schedule", "epochs", "batchSize"],
  images: ["normalize", "flip"],
} as const satisfies Record<string, readonly NetworkPlace[]>;

export const more = [
  "net.init.biases",
  "momentum",
  "weightDecay",
  "warmup",
  "cycles",
  "power",
  "clipNorm",
  "labelSmoothing",
  "classWeights",
  "augment",
  "resize",
  "limit",
  "seed",
] as const satisfies readonly NetworkPlace[];

const Setting = ({ at, place }: { at: number; place: NetworkPlace }) => {
  const { state, text, info, settings, setNetwork } = useStore();
  const t = text.value;
  const choice = state.value.networks[at];
  const current = settings.value[at];
  if (!choice || !current || !hasSetting(choice.model, place) || !isOfUse(place, current)) return null;
  const { kind, help, absent } = rowOf(place);
  const value = valueAt(current, place);
  const take = (next: unknown) => setNetwork(at, withChange(choice, place, next, info.value));
  const label = t.settings[place] ?? rowOf(place).flag;
  const title = t.settingHelp[place] ?? help;
  const changed = choice.changes[place] !== undefined;
  if (kind.schema.type === "boolean")
    return (
      <label class={`check ${changed ? "changed" : ""}`} title={title}>
        <input
          type="checkbox"
          checked={value === undefined ? place === "net.lastRelu" : value === true}
          onChange={(event) => take(event.currentTarget.checked)}
        />
        {label}
      </label>
    );
  if (kind.choices)
    return (
      <Choice
        label={label}
        value={String(value ?? absent)}
        title={title}
        options={kind.choices
          .filter((name) => hasValue(choice.model, place, name))
          .map((name) => [name, t.choices[name] ?? name] as const)}
        onChange={take}
      />
    );
  const { min, max, whole } = limitsOf(place);
  const text_ = value === undefined ? "" : String(value);
  return (
    <TextField
      label={label}
      value={text_}
      number={place !== "augment"}
      min={min}
      max={max}
      step={whole ? 1 : "any"}
      title={title}
      changed={changed}
      placeholder={t.editor.absent[place]}
      problem={(typed) => kind.problem?.(typed, label) ?? t.editor.wrong(kind.expected)}
      read={(typed) => {
        if (typed === "") {
          take(undefined);
          return true;
        }
        const next = kind.read(typed);
        // A text that is no list of augmentations is read as an empty one.
        if (next === undefined || next === "") return false;
        take(next);
        return true;
      }}
    />
  );
};

/** The settings above that this network does not have, so that nobody looks for them. */
const Missing = ({ at }: { at: number }) => {
  const { state, text } = useStore();
  const t = text.value;
  const { model } = state.value.networks[at]!;
  const missing = groups.network.filter((place) => !hasSetting(model, place));
  if (missing.length === 0) return null;
  return (
    <p class="muted">
      {t.editor.missing(
        model,
        missing.map((place) => t.settings[place] ?? place),
      )}
    </p>
  );
};

const Costs = ({ at }: { at: number }) => {
  const { costs, text } = useStore();
  const t = text.value.editor;
  const found = costs.value[at];
  if (!found) return <p class="muted costs">…</p>;
  if ("problem" in found)
    return (
      <p class="wrong" role="alert">
        {found.problem}
      </p>
    );
  const { parameters, multiplyAdds, trainingBytes } = found.facts;
  return (
    <dl class="tiles costs">
      <div>
        <dt>{t.parameters}</dt>
        <dd>{compactText(parameters)}</dd>
      </div>
      <div>
        <dt>{t.multiplyAdds}</dt>
        <dd>{compactText(multiplyAdds)}</dd>
      </div>
      <div>
        <dt>{t.memory}</dt>
        <dd>{bytesText(trainingBytes)}</dd>
      </div>
    </dl>
  );
};

export const NetworkEditor = ({ at }: { at: number }) => {
  const { state, text, info, setNetwork, removeNetwork } = useStore();
  const t = text.value;
  const { networks } = state.value;
  const choice = networks[at];
  if (!choice) return null;
  const change = (part: Partial<NetworkChoice>) => {
    // Settings that the other model does not have are dropped.
    setNetwork(at, withoutIdle({ ...choice, ...part }, info.value));
  };
  return (
    <fieldset class="network">
      <legend class={networks.length === 1 ? "hidden" : `name-${at}`}>{t.network(at)}</legend>
      <div class="fields">
        <Choice
          label={t.editor.model}
          value={choice.model}
          options={modelNames.map((name) => [name, name] as const)}
          onChange={(model) => change({ model })}
        />
        <Choice
          label={t.editor.preset}
          value={choice.preset}
          options={presetNames.map((name) => [name, t.editor.presets[name]] as const)}
          onChange={(preset: PresetName) => change({ preset, changes: {} })}
        />
      </div>
      <Costs at={at} />
      {Object.entries(groups).map(([group, places]) => (
        <fieldset key={group}>
          <legend class="hidden">{t.editor.groups[group as keyof typeof groups]}</legend>
          <div class="fields">
            {places.map((place) => (
              <Setting key={place} at={at} place={place} />
            ))}
          </div>
          {group === "network" && <Missing at={at} />}
        </fieldset>
      ))}
      <details>
        <summary>{t.editor.more}</summary>
        <div class="fields">
          {more.map((place) => (
            <Setting key={place} at={at} place={place} />
          ))}
        </div>
      </details>
      <p class="buttons">
        {Object.keys(choice.changes).length > 0 && (
          <button type="button" onClick={() => change({ changes: {} })}>
            {t.editor.toPreset}
          </button>
        )}
        {networks.length > 1 && (
          <button type="button" onClick={() => removeNetwork(at)}>
            {t.editor.remove(at)}
          </button>
        )}
      </p>
    </fieldset>
  );
};
