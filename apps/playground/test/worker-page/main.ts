// A page that gives a test the Worker as `session`.
import { proxy, type Remote, wrap } from "comlink";
import type { Progress, Session } from "../../src/session/session.js";

declare global {
  var session: Remote<Session>;
  var steps: Progress[];
  var record: (progress: Progress) => void;
}

globalThis.session = wrap<Session>(
  new Worker(new URL("../../src/session/worker.ts", import.meta.url), { type: "module" }),
);
globalThis.steps = [];
globalThis.record = proxy((progress: Progress) => void globalThis.steps.push(progress));
document.title = "ready";
