// Isolates the page from other origins, so that engine wasm may have threads: by the headers of the host, or else by a service worker, which
// reloads the page once.

/** Why the page is not isolated, and so trains on one thread. */
export type NotIsolated =
  /** Shown inside a page that is not isolated: it cannot be. */
  | "framed"
  /** Not served by https or from this machine: browsers give threads and service workers to such pages alone. */
  | "insecure"
  /** The browser, or a setting of its user, allows no service worker or no storage here. */
  | "no-service-worker"
  /** A service worker is there, and the page is not isolated all the same. */
  | "not-effective";

const key = "mlpconv-isolation-reloaded";

/** Milliseconds until a service worker that does not start is given up. */
const patience = 5_000;

/**
 * Isolates the page if it is not yet.
 *
 * @returns `"isolated"`; `"reloading"`, when the caller should do nothing more; or why there will be one thread
 */
export const isolate = async (): Promise<"isolated" | "reloading" | NotIsolated> => {
  if (globalThis.crossOriginIsolated) {
    forget();
    return "isolated";
  }
  if (window.top !== window) return "framed";
  if (!window.isSecureContext) return "insecure";
  if (hasReloaded()) {
    // The next time that the reader reloads, it is tried again.
    forget();
    return "not-effective";
  }
  try {
    // Beside the page, because its scope is its folder.
    await within(register(new URL("isolation-worker.js", document.baseURI)));
    sessionStorage.setItem(key, "1");
  } catch {
    return "no-service-worker";
  }
  location.reload();
  return "reloading";
};

const register = async (address: URL): Promise<void> => {
  await navigator.serviceWorker.register(address);
  await navigator.serviceWorker.ready;
};

const within = (work: Promise<void>): Promise<void> =>
  Promise.race([
    work,
    new Promise<never>((_, reject) =>
      setTimeout(() => reject(new Error("the service worker does not start")), patience),
    ),
  ]);

/** Storage may be forbidden: then it was not used, and there will be no reload. */
const hasReloaded = (): boolean => {
  try {
    return sessionStorage.getItem(key) !== null;
  } catch {
    return false;
  }
};

const forget = (): void => {
  try {
    sessionStorage.removeItem(key);
  } catch {
    // Nothing is stored then.
  }
};
