// The four files from the web into the cache: mirror after mirror, again after a broken connection, and only what is verified stays.
import { join } from "node:path";
import pRetry from "p-retry";
import { DatasetError } from "./dataset-error.js";
import { type Contents, type FashionMnistFile, verified } from "./fashion-mnist-files.js";
import { fetchInto, type TimeLimits, TransferError } from "./fetch-file.js";
import { type Http, openHttp } from "./http.js";
import { openPart, type Part } from "./part-file.js";
import { mostCompressed, unzip } from "./read-folder.js";
import type { Failure } from "./search.js";

/** Where Fashion-MNIST is published: its authors' repository, the copy Keras uses, the authors' own bucket (http only). */
export const upstream: readonly string[] = [
  "https://raw.githubusercontent.com/zalandoresearch/fashion-mnist/master/data/fashion/",
  "https://storage.googleapis.com/tensorflow/tf-keras-datasets/",
  "http://fashion-mnist.s3-website.eu-central-1.amazonaws.com/",
];

export interface DownloadOptions {
  /** The folder to keep the files in; undefined for memory only. */
  folder: string | undefined;
  limits: TimeLimits;
  signal: AbortSignal;
  onProgress: (message: string) => void;
  onProblem: (message: string) => void;
}

/**
 * Fetches the files that are wanted.
 *
 * @returns what came, verified, and what failed on the way. It stops at the first file that no mirror gives.
 * @throws `signal.reason` when aborted
 */
export const download = async (
  files: readonly FashionMnistFile[],
  mirrors: readonly string[],
  options: DownloadOptions,
): Promise<{ contents: Contents; failures: Failure[] }> => {
  const http = await openHttp();
  try {
    return await downloadAll(files, mirrors, { ...options, http });
  } finally {
    await http.close();
  }
};

type Options = DownloadOptions & { http: Http };

const downloadAll = async (
  files: readonly FashionMnistFile[],
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
  for (const file of files) {
    for (const mirror of [...order]) {
      const url = new URL(`${file.name}.gz`, mirror.endsWith("/") ? mirror : `${mirror}/`).href;
      try {
        contents.set(file.name, await downloadOne(file, url, options));
        break;
      } catch (error) {
        if (!(error instanceof TransferError)) throw error;
        failures.push({ place: url, reason: error.message });
        order.push(...order.splice(order.indexOf(mirror), 1));
      }
    }
    if (!contents.has(file.name)) break;
  }
  return { contents, failures };
};

const isHttp = (url: string) => URL.canParse(url) && /^https?:$/.test(new URL(url).protocol);

const downloadOne = async (file: FashionMnistFile, url: string, options: Options) => {
  const { folder, signal, onProblem } = options;
  const path = folder && join(folder, `${file.name}.gz`);
  const part = await openPart(path && `${path}.part`);
  try {
    const values = await pRetry(() => attempt(file, url, part, options), {
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
const attempt = async (file: FashionMnistFile, url: string, part: Part, options: Options) => {
  const { http, limits, signal, onProgress } = options;
  const resumed = part.size > 0;
  let shown = 0;
  await fetchInto(part, url, {
    http,
    most: mostCompressed(file),
    limits,
    signal,
    onPiece: (total) => {
      if (Date.now() - shown < 200 && part.size !== total) return;
      shown = Date.now();
      const megabytes = (bytes: number) => (bytes / 1e6).toFixed(1);
      const of = total === undefined ? "" : ` of ${megabytes(total)}`;
      onProgress(`downloading ${file.name}.gz from ${new URL(url).host}: ${megabytes(part.size)}${of} MB`);
    },
  });
  try {
    return verified(await unzip(part.bytes(), file, `${file.name}.gz`), file, `${file.name}.gz`);
  } catch (cause) {
    if (!(cause instanceof DatasetError)) throw cause;
    await part.reset();
    // The piece from an earlier start may have been the wrong one.
    throw new TransferError(`wrong bytes: ${cause.message}`, { again: resumed, cause });
  }
};
