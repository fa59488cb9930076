// Starts the Worker and the page.
import { effect } from "@preact/signals";
import { render } from "preact";
import { isolate } from "../isolation/isolate.js";
import type { ServedData } from "../server/served.js";
import { addressOf } from "../state/address.js";
import { App } from "./app.js";
import { connect } from "./connect.js";
import { servedFolder } from "./run-folder.js";
import { messageOf } from "./store/costs.js";
import { createStore } from "./store/store.js";
import { themeRules } from "./theme.js";

// A page that is about to be loaded again does nothing else.
const isolation = await isolate();
if (isolation === "reloading") await new Promise(() => {});

const sheet = new CSSStyleSheet();
sheet.replaceSync(themeRules());
document.adoptedStyleSheets.push(sheet);

const base = new URL("./data/", location.href.split("#")[0]).href;

const servedData = async (): Promise<ServedData | undefined> => {
  const address = `${base}data.json`;
  const answer = await fetch(address).catch((cause: unknown) => {
    throw new Error(
      `data: expected ${address}, got no answer (${messageOf(cause)}); check that its server runs`,
      {
        cause,
      },
    );
  });
  // A server may answer with a page where there is no file.
  if (!answer.ok || !answer.headers.get("Content-Type")?.includes("json")) return undefined;
  return ((await answer.json()) as ServedData | null) ?? undefined;
};

// The documentation shows the page in a frame, as a figure, once its reader has asked for a network that learns.
const isFigure = new URLSearchParams(location.search).has("figure");
document.documentElement.toggleAttribute("data-figure", isFigure);

const session = connect((message) => store.say("error", store.text.peek().workerFailed(message)));
const store = createStore({
  session,
  fragment: location.hash,
  language: navigator.language.startsWith("zh") ? "zh" : "en",
  base,
  servedData,
  nextFrame: requestAnimationFrame,
});

effect(() => {
  const fragment = addressOf(store.state.value);
  if (location.hash.slice(1) !== fragment) history.replaceState(null, "", `#${fragment}`);
});
// Another address in the same tab is another page.
addEventListener("hashchange", () => location.reload());

// A file that is dropped beside its place would replace the page, and what was trained with it.
for (const type of ["dragover", "drop"]) addEventListener(type, (event) => event.preventDefault());

const root = document.getElementById("app")!;
root.textContent = "";
render(<App store={store} />, root);
if (isolation !== "isolated" && isolation !== "reloading" && !isFigure)
  store.say("info", store.text.peek().oneThread[isolation]);
void store.open().then(() => (isFigure ? store.start() : undefined));
void servedFolder(new URL("./run/", location.href.split("#")[0]).href).then((folder) => {
  if (!folder) return;
  store.runFolder.value = folder;
  store.change({ view: "files" });
});
