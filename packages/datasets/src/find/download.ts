// The files of a data set, or its archive, from the web into the cache: mirror after mirror, again after a broken connection, and only what is verified stays.
import { join } from "node:path";
import pRetry from "p-retry";
import { DatasetError } from "../dataset-error.js";
import { type Archive, type DataFile, downloadName, downloadsOf, type Form } from "../sets/data-set.js";
import { fetchInto, type TimeLimits, TransferError } from "./fetch-file.js";
import { type Http, openHttp } from "./http.js";
import { openPart, type Part } from "./part-file.js";
import type { Failure } from "./places.js";
import { mostCompressed, unpack, unzip } from "./unpack.js";
import { type Contents, verified, verifiedArchive } from "./verify-file.js";

export interface DownloadOptions {
  /** The folder to keep the files in; undefined for memory only. */
  folder: string | undefined;
  limits: TimeLimits;
  signal: AbortSignal;
  onProgress: (message: string) => void;
  onProblem: (message: string) => void;
}

/**
 * Fetches the files of a form that are wanted, or its archive.
 *
 * @returns what came, verified, and what failed on the way. It stops at the first file that no mirror gives.
 * @throws `signal.reason` when aborted
 */
export const download = async (
  form: Form,
  mirrors: readonly string[],
  options: DownloadOptions,
): Promise<{ contents: Contents; failures: Failure[] }> => {
  const http = await openHttp();
  try {
    return await downloadAll(form, mirrors, { ...options, http });
  } finally {
    await http.close();
  }
};

type Options = DownloadOptions & { http: Http };

const downloadAll = async (
  form: Form,
  mirrors: readonly string[],
  options: Options,
): Promise<{ contents: Contents; failures: Failure[] }> => {
  const contents: Contents = new Map();
  const failures: Failure[] = [];
  // A mirror that failed goes to the end: on a dead network each costs its time limit once, not once a file.
  const order = mirrors.filter(isHttp);
  for (const mirror of mirrors) {
    if (!isHttp(mirror)) failures.push({ place: mirror, reason: "expected an http:// or https:// URL" });
  }
  for (const file of downloadsOf(form)) {
    let found = false;
    for (const mirror of [...order]) {
      const url = new URL(downloadName(file), mirror.endsWith("/") ? mirror : `${mirror}/`).href;
      try {
        for (const [name, values] of await downloadOne(file, form, url, options)) contents.set(name, values);
        found = true;
        break;
      } catch (error) {
        if (!(error instanceof TransferError)) throw error;
        failures.push({ place: url, reason: error.message });
        order.push(...order.splice(order.indexOf(mirror), 1));
      }
    }
    if (!found) break;
  }
  return { contents, failures };
};

const isHttp = (url: string) => URL.canParse(url) && /^https?:$/.test(new URL(url).protocol);

const downloadOne = async (
  file: DataFile | Archive,
  form: Form,
  url: string,
  options: Options,
): Promise<Contents> => {
  const { folder, signal, onProblem } = options;
  const path = folder && join(folder, downloadName(file));
  const part = await openPart(path && `${path}.part`);
  try {
    const values = await pRetry(() => attempt(file, form, url, part, options), {
      retries: 3,
      minTimeout: 500,
      signal,
      shouldRetry: ({ error }) => error instanceof TransferError && error.again,
    });
    if (path) await part.keep(path);
    if (part.problem) onProblem(part.problem);
    return values;
  } finally {
    await part.close();
  }
};

/** One request, and the check of what it completed. */
const attempt = async (
  file: DataFile | Archive,
  form: Form,
  url: string,
  part: Part,
  options: Options,
): Promise<Contents> => {
  const name = downloadName(file);
  const { http, limits, signal, onProgress } = options;
  const resumed = part.size > 0;
  let shown = 0;
  await fetchInto(part, url, {
    http,
    most: "kind" in file ? file.bytes : file.gzip ? mostCompressed(file) : file.bytes,
    limits,
    signal,
    onPiece: (total) => {
      if (Date.now() - shown < 200 && part.size !== total) return;
      shown = Date.now();
      const megabytes = (bytes: number) => (bytes / 1e6).toFixed(1);
      const of = total === undefined ? "" : ` of ${megabytes(total)}`;
      onProgress(`downloading ${name} from ${new URL(url).host}: ${megabytes(part.size)}${of} MB`);
    },
  });
  try {
    return await checked(part.bytes(), file, form);
  } catch (cause) {
    if (!(cause instanceof DatasetError)) throw cause;
    await part.reset();
    // The piece from an earlier start may have been the wrong one.
    throw new TransferError(`wrong bytes: ${cause.message}`, { again: resumed, cause });
  }
};

/** The files that the bytes hold, each verified. */
const checked = async (bytes: Uint8Array, file: DataFile | Archive, form: Form): Promise<Contents> => {
  const name = downloadName(file);
  if ("kind" in file) return unpack(verifiedArchive(bytes, file, name), file, form, name);
  const plain = file.gzip ? await unzip(bytes, file, name) : bytes;
  return new Map([[file.name, verified(plain, file, name, file.gzip && bytes)]]);
};
