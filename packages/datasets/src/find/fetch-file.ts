// One URL into one part file over HTTP: goes on where it stopped, and gives up on a network that has died.
import type { Http } from "./http.js";
import type { Part } from "./part-file.js";

/** Milliseconds, but for `rate`. */
export interface TimeLimits {
  /** Milliseconds until a server answers. */
  connect: number;
  /** Milliseconds between two pieces of a file. */
  idle: number;
  /** Milliseconds for everything together. */
  total: number;
  /** Milliseconds between two checks of the rate. */
  pace: number;
  /** Bytes per second, not milliseconds: a server that sends less between two looks is given up. */
  rate: number;
}

/** Why a transfer failed, and whether the same server is worth another try. */
export class TransferError extends Error {
  readonly again: boolean;

  constructor(message: string, { again, cause }: { again: boolean; cause?: unknown }) {
    super(message, { cause });
    this.again = again;
  }
}

export interface FetchOptions {
  http: Http;
  /** More bytes than this are not the file. */
  most: number;
  limits: TimeLimits;
  signal: AbortSignal;
  /** Called after each piece, with the whole file's length when the server says it. */
  onPiece: (total: number | undefined) => void;
}

/**
 * Appends what `part` lacks of the file at `url`.
 *
 * @throws TransferError, or `signal.reason` when aborted
 */
export const fetchInto = async (part: Part, url: string, options: FetchOptions): Promise<void> => {
  const { http, most, limits, signal, onPiece } = options;
  const watchdog = new AbortController();
  const bark = (message: string, again: boolean, after: number) =>
    setTimeout(() => watchdog.abort(new TransferError(message, { again })), after);
  const seconds = (ms: number) => `${ms / 1000} s`;
  let pace: NodeJS.Timeout | undefined;
  let timer = bark(`no answer within ${seconds(limits.connect)}`, false, limits.connect);
  try {
    const response = await http.fetch(url, {
      // Asked for as it is, so that a resumed download joins up byte for byte.
      headers: {
        "accept-encoding": "identity",
        ...(part.size > 0 ? { range: `bytes=${part.size}-` } : {}),
      },
      signal: AbortSignal.any([signal, watchdog.signal]),
    });
    clearTimeout(timer);
    timer = bark(`nothing received for ${seconds(limits.idle)}`, true, limits.idle);

    const total = await place(response, part);
    pace = watchPace(part, limits, (message) => watchdog.abort(new TransferError(message, { again: false })));
    if (total === "complete") return;
    if (total !== undefined && total > most) throw await tooLong(part, total, most);
    if (response.body) {
      for await (const chunk of response.body) {
        timer.refresh();
        if (part.size + chunk.length > most) throw await tooLong(part, part.size + chunk.length, most);
        await part.append(chunk);
        onPiece(total);
      }
    }
    if (total !== undefined && part.size < total) {
      throw new TransferError(`connection closed after ${part.size} of ${total} bytes`, { again: true });
    }
  } catch (error) {
    signal.throwIfAborted();
    if (error instanceof TransferError) throw error;
    throw fromFetch(error, part.size, http.proxyOf(url));
  } finally {
    clearTimeout(timer);
    clearInterval(pace);
    // What the server still sends is not wanted: an open connection would keep the process alive.
    watchdog.abort();
  }
};

/** A server that sends a byte now and then is never idle, yet the file would take days. */
const watchPace = (part: Part, { pace, rate }: TimeLimits, onSlow: (message: string) => void) => {
  let before = part.size;
  return setInterval(() => {
    const received = part.size - before;
    before = part.size;
    const perSecond = Math.round(received / (pace / 1000));
    if (perSecond >= rate) return;
    onSlow(`expected ${rate} bytes per second at least, got ${perSecond} for ${pace / 1000} s`);
  }, pace);
};

/** Checks where the answer's bytes belong; gives the whole file's length if known, or "complete" when nothing is left to send. */
const place = async (response: Response, part: Part): Promise<number | "complete" | undefined> => {
  const { status, headers } = response;
  if (status === 416 && part.size > 0) return "complete";
  if (!response.ok) {
    const again = status >= 500 || status === 408 || status === 429;
    throw new TransferError(`HTTP ${status} ${response.statusText}`.trim(), { again });
  }
  const encoding = headers.get("content-encoding") ?? "identity";
  if (encoding !== "identity") {
    throw new TransferError(`expected the file as it is, got content-encoding ${encoding}`, { again: false });
  }
  const length = headers.has("content-length") ? Number(headers.get("content-length")) : undefined;
  if (status !== 206) {
    await part.reset();
    return length;
  }
  const range = /^bytes (\d+)-\d+\/(\d+|\*)$/.exec(headers.get("content-range") ?? "");
  if (Number(range?.[1]) !== part.size) {
    const got = headers.get("content-range") ?? "no content-range";
    const expected = `bytes from ${part.size}`;
    await part.reset();
    throw new TransferError(`expected ${expected}, got ${got}`, { again: true });
  }
  return range![2] === "*" ? undefined : Number(range![2]);
};

const tooLong = async (part: Part, got: number, most: number): Promise<TransferError> => {
  await part.reset();
  return new TransferError(`expected ${most} bytes at most, got ${got} or more`, { again: false });
};

/** fetch says "fetch failed" or "terminated"; what happened is in its cause. */
const fromFetch = (error: unknown, received: number, proxy: string | undefined): TransferError => {
  const cause = error instanceof Error && error.cause instanceof Error ? error.cause : error;
  const code = cause instanceof Error && "code" in cause ? String(cause.code) : "";
  const message =
    (cause instanceof Error && cause.message) ||
    code ||
    // All that fetch says of HTTP 407.
    "an answer that cannot be used, such as that of a proxy that asks for a password";
  // A connection that broke may hold the next time; a name that does not resolve or a port that refuses will do so again.
  const broken = ["ECONNRESET", "EPIPE", "UND_ERR_SOCKET", "UND_ERR_RES_CONTENT_LENGTH_MISMATCH"];
  const where = received > 0 ? `stopped after ${received} bytes: ` : "";
  const by = proxy ? ` (${proxy})` : "";
  return new TransferError(`${where}${message}${by}`, { again: broken.includes(code), cause: error });
};
