// The page's state as the fragment of its address, and back. Only what differs from the beginning, and from a preset, is written.
// The fragment is not sent to a server.
import { type Kind, oneOf, wholeNumber } from "@mlpconv/runs";
import {
  colourSchemes,
  type DataChoice,
  engines,
  firstNetwork,
  firstState,
  type Language,
  languages,
  mostNetworks,
  type Networks,
  type PageState,
  plainNetwork,
  sources,
  syntheticExamples,
  views,
} from "./page-state.js";
import { type ChosenFor, choiceRows, type NetworkChoice, settingsOf, withChange } from "./recipes.js";
import {
  hasSetting,
  hasValue,
  isOfUse,
  keyOf,
  type NetworkPlace,
  networkPlaces,
  type Row,
  rowOf,
} from "./rows.js";
import { atTourStep, tourSteps } from "./tour.js";

/** Something in an address that the page leaves out. */
export type AddressProblem =
  /** No setting has this name. */
  | { type: "unknown"; key: string }
  /** The setting has no such value. */
  | { type: "value"; key: string; expected: string; got: string }
  /** The network has no such setting. */
  | { type: "model"; key: string; model: string }
  /** The setting has no effect without another one. */
  | { type: "idle"; key: string; needs: string }
  /** The address says that there are own files, which are not in it. */
  | { type: "own-files" };

/** A text as a message quotes it. */
const quoted = (text: string): string => (text.length > 60 ? `${text.slice(0, 60)}…` : text);

const exampleCount = wholeNumber(20, 60_000);

const watchedList: Kind<readonly number[]> = {
  ...({} as Pick<Kind<readonly number[]>, "schema">),
  expected: "up to 12 numbers of test images, such as 0,7,12",
  read: (text) => {
    const parts = text.split(",");
    if (parts.length > 12 || !parts.every((part) => /^\d{1,6}$/.test(part))) return undefined;
    return [...new Set(parts.map(Number))];
  },
};

const webAddress: Kind<string> = {
  ...({} as Pick<Kind<string>, "schema">),
  expected: "an address that begins with https:// or http://",
  read: (text) => (/^https?:\/\/\S+$/.test(text) ? text : undefined),
};

/** A part of the state with its name and kind. */
interface Field {
  key: string;
  kind: Pick<Kind<unknown>, "expected" | "read">;
  /** Its text; undefined where it is as in `base`, see `baseOf`. */
  text(state: PageState, base: PageState): string | undefined;
  set(state: PageState, value: never): PageState;
}

const field = <T>(row: {
  key: string;
  kind: Pick<Kind<T>, "expected" | "read">;
  text(state: PageState, base: PageState): string | undefined;
  set(state: PageState, value: T): PageState;
}): Field => row;

const first = firstState();
/** What an address need not say: the page's beginning, or that of a step of the tour. */
const baseOf = (tour: number, language?: Language): PageState => atTourStep(firstState(language), tour);
const unlessSame =
  <K extends "engine" | "colours" | "view">(key: K) =>
  (state: PageState, base: PageState) =>
    state[key] === base[key] ? undefined : state[key];

const tourField = field({
  key: "tour",
  kind: wholeNumber(1, tourSteps.length),
  text: ({ tour }) => (tour === 0 ? undefined : String(tour)),
  set: (state, tour) => atTourStep(state, tour),
});

const withSource = (state: PageState, source: DataChoice["source"]): PageState => ({
  ...state,
  data:
    source === "synthetic"
      ? { source, ...syntheticExamples }
      : source === "url"
        ? { source, base: "" }
        : { source },
});

const examplesField = (part: "train" | "test") =>
  field({
    key: part,
    kind: exampleCount,
    text: ({ data }) =>
      data.source === "synthetic" && data[part] !== syntheticExamples[part] ? String(data[part]) : undefined,
    set: (state, value) =>
      state.data.source === "synthetic" ? { ...state, data: { ...state.data, [part]: value } } : state,
  });

/** Everything but the networks. The tour comes before what its steps set, and `data` before its sizes, which belong to it. */
const fields: readonly Field[] = [
  tourField,
  field({
    key: "data",
    kind: oneOf(sources),
    text: ({ data }) => (data.source === first.data.source ? undefined : data.source),
    set: withSource,
  }),
  examplesField("train"),
  examplesField("test"),
  field({
    key: "from",
    kind: webAddress,
    text: ({ data }) => (data.source === "url" && data.base !== "" ? data.base : undefined),
    set: (state, base) => (state.data.source === "url" ? { ...state, data: { source: "url", base } } : state),
  }),
  field({
    key: "engine",
    kind: oneOf(engines),
    text: unlessSame("engine"),
    set: (state, engine) => ({ ...state, engine }),
  }),
  field({
    key: "watch",
    kind: watchedList,
    text: ({ watched }) => (watched.length === 0 ? undefined : watched.join(",")),
    set: (state, watched) => ({ ...state, watched }),
  }),
  // Always there: without it, the language would be that of the next reader's browser.
  field({
    key: "lang",
    kind: oneOf(languages),
    text: ({ language }) => language,
    set: (state, language) => ({ ...state, language }),
  }),
  field({
    key: "colours",
    kind: oneOf(colourSchemes),
    text: unlessSame("colours"),
    set: (state, colours) => ({ ...state, colours }),
  }),
  field({
    key: "view",
    kind: oneOf(views),
    text: unlessSame("view"),
    set: (state, view) => ({ ...state, view }),
  }),
];

/** What a setting needs, as it stands in an address: "schedule=restarts". */
const needOf = (prefix: string, { place, value }: NonNullable<Row["needs"]>): string =>
  `${prefix}${keyOf(rowOf(place as NetworkPlace))}${value === undefined ? "" : `=${value}`}`;

/** Prefixes of the networks' settings, by network. */
const prefixes = ["", "b.", "c."].slice(0, mostNetworks);

const networkEntries = ({ model, preset, changes }: NetworkChoice, prefix: string): [string, string][] => {
  const entries: [string, string][] = [];
  entries.push([`${prefix}model`, model]);
  if (preset !== plainNetwork.preset) entries.push([`${prefix}preset`, preset]);
  for (const place of networkPlaces) {
    const value = changes[place];
    if (value !== undefined) entries.push([prefix + keyOf(rowOf(place)), String(value)]);
  }
  return entries;
};

const sameChoice = (a: NetworkChoice, b: NetworkChoice): boolean =>
  a.model === b.model &&
  a.preset === b.preset &&
  networkPlaces.every((place) => a.changes[place] === b.changes[place]);

/** Whether all networks are the same. */
export const sameNetworks = (a: Networks, b: Networks): boolean =>
  a.length === b.length && a.every((choice, i) => sameChoice(choice, b[i]!));

/** The state as a fragment without its "#": "model=lenet&lr=0.05&lang=en". */
export const addressOf = (state: PageState): string => {
  const base = baseOf(state.tour);
  const entries = [
    ...(sameNetworks(state.networks, base.networks)
      ? []
      : state.networks.flatMap((choice, i) => networkEntries(choice, prefixes[i]!))),
    ...fields.flatMap((each): [string, string][] => {
      const text = each.text(state, base);
      return text === undefined ? [] : [[each.key, text]];
    }),
  ];
  // Colons, commas and slashes may stand in a fragment as they are.
  return new URLSearchParams(entries).toString().replace(/%(3A|2C|2F)/g, (code) => decodeURIComponent(code));
};

/**
 * The state that a fragment stands for. What is unknown or wrong becomes a problem, and the setting keeps its default.
 *
 * @param language of a reader whose address names none
 * @param data whose image size the presets take
 */
export const readAddress = (
  fragment: string,
  language: Language,
  data: ChosenFor,
): { state: PageState; problems: AddressProblem[] } => {
  const given = new Map(new URLSearchParams(fragment.replace(/^#/, "")));
  const problems: AddressProblem[] = [];
  const take = <T>(key: string, { expected, read }: Pick<Kind<T>, "expected" | "read">): T | undefined => {
    const text = given.get(key);
    if (text === undefined) return undefined;
    given.delete(key);
    const value = read(text);
    if (value === undefined) problems.push({ type: "value", key, expected, got: quoted(text) });
    return value;
  };

  let state = firstState(language);
  for (const { key, kind, set } of fields) {
    const value = take(key, kind);
    // A field's own kind read the value.
    if (value !== undefined) state = set(state, value as never);
  }
  if (state.data.source === "pictures" || state.data.source === "dropped") {
    problems.push({ type: "own-files" });
    state = { ...state, data: first.data };
  }

  const network = (prefix: string): NetworkChoice => {
    const { model, preset } = plainNetwork;
    let choice: NetworkChoice = {
      model: take(`${prefix}model`, choiceRows.model.kind) ?? model,
      preset: take(`${prefix}preset`, choiceRows.preset.kind) ?? preset,
      changes: {},
    };
    for (const place of networkPlaces) {
      const row = rowOf(place);
      const key = prefix + keyOf(row);
      const value = take(key, row.kind);
      if (value === undefined) continue;
      if (!hasSetting(choice.model, place)) problems.push({ type: "model", key, model: choice.model });
      else if (!hasValue(choice.model, place, value))
        problems.push({ type: "model", key: `${key}=${value}`, model: choice.model });
      else if (isOfUse(place, settingsOf(choice, data))) choice = withChange(choice, place, value, data);
      else problems.push({ type: "idle", key, needs: needOf(prefix, row.needs!) });
    }
    return choice;
  };
  const keys = [...Object.values(choiceRows), ...networkPlaces.map(rowOf)].map(keyOf);
  const named = prefixes.map((prefix) => keys.some((key) => given.has(prefix + key)));
  if (named.includes(true)) {
    // The last network that is named says how many there are.
    const [one, ...others] = prefixes.slice(0, named.lastIndexOf(true) + 1);
    state = {
      ...state,
      networks: [named[0] ? network(one!) : firstNetwork, ...others.map(network)],
    };
  }
  for (const key of given.keys()) problems.push({ type: "unknown", key: quoted(key) });
  return { state, problems };
};
