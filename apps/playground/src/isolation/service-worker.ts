// A service worker that isolates the page from other origins on a host that cannot send the headers for it: it adds them to the page and to the
// programs of its Workers. Nothing is cached, and everything else goes its usual way.
import { isolationHeaders } from "./headers.js";

/** What of a service worker's scope is used; TypeScript's library for it contradicts that of pages. */
interface Scope {
  skipWaiting(): Promise<void>;
  clients: { claim(): Promise<void> };
  addEventListener(
    type: "install" | "activate" | "fetch",
    listener: (event: {
      request: Request;
      waitUntil(work: Promise<unknown>): void;
      respondWith(answer: Promise<Response>): void;
    }) => void,
  ): void;
}
const scope = globalThis as unknown as Scope;

scope.addEventListener("install", (event) => event.waitUntil(scope.skipWaiting()));
scope.addEventListener("activate", (event) => event.waitUntil(scope.clients.claim()));
scope.addEventListener("fetch", (event) => {
  const { mode, destination } = event.request;
  if (mode === "navigate" || destination === "worker") event.respondWith(isolated(event.request));
});

const isolated = async (request: Request): Promise<Response> => {
  const answer = await fetch(request);
  // A redirection that the browser follows itself: there is nothing to read in it.
  if (answer.type === "opaqueredirect" || answer.type === "error") return answer;
  const headers = new Headers(answer.headers);
  for (const [name, value] of Object.entries(isolationHeaders)) headers.set(name, value);
  const { status, statusText } = answer;
  // A status that has no body, such as 304, may not be given one.
  const body = [204, 205, 304].includes(status) ? null : answer.body;
  return new Response(body, { status, statusText, headers });
};
