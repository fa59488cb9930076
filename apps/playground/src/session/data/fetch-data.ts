// Four IDX files below an address, as data.json there describes them, or under the names with which Fashion-MNIST is published.
import type { Dataset, DatasetInfo } from "@mlpconv/datasets";
import type { ServedData } from "../../server/served.js";
import type { LoadingProgress } from "../session.js";
import { gunzip, readAll } from "./gunzip.js";
import { type IdxFiles, idxData, type NamedBytes } from "./idx-data.js";

type Names = ServedData["files"];

const published: Names = {
  trainImages: "train-images-idx3-ubyte",
  trainLabels: "train-labels-idx1-ubyte",
  testImages: "t10k-images-idx3-ubyte",
  testLabels: "t10k-labels-idx1-ubyte",
};

/** @throws Error naming the address or the file that is not as it should be */
export const fetchData = async (
  base: string,
  onLoading: (progress: LoadingProgress) => void,
): Promise<Dataset> => {
  const at = addressIn(base);
  const described = await description(at("data.json"));
  const names = described?.files ?? published;
  const keys = Object.keys(published) as (keyof Names)[];
  const responses = await Promise.all(
    keys.map((key) => (described ? fetched(at(names[key])) : fetchedEither(at(names[key])))),
  );
  const total = responses.reduce((sum, { headers }) => sum + lengthOf(headers), 0);
  let bytes = 0;
  const contents = await Promise.all(
    responses.map(async ({ body, url }): Promise<NamedBytes> => {
      const name = new URL(url).pathname.split("/").at(-1)!;
      const packed = await readAll(name, body!, (count) => {
        bytes += count;
        onLoading({ bytes, ...(bytes <= total && { total }) });
      }).catch((cause: unknown) => {
        if (cause instanceof RangeError) throw cause;
        throw new Error(`data: expected ${url}, got an answer that ended early; try again`, { cause });
      });
      return { name, bytes: await gunzip(name, packed) };
    }),
  );
  const files = Object.fromEntries(keys.map((key, i) => [key, contents[i]!])) as unknown as IdxFiles;
  return idxData(files, described?.source ?? base, described && infoOf(described));
};

const addressIn = (base: string) => {
  const folder = base.endsWith("/") ? base : `${base}/`;
  if (!URL.canParse(folder))
    throw new Error(`data: expected an address that begins with http, got ${base}; give the whole address`);
  return (name: string) => new URL(name, folder).href;
};

/** data.json, where there is one. */
const description = async (url: string): Promise<ServedData | undefined> => {
  const response = await answerOf(url);
  if (!response.ok) return undefined;
  // A server may answer each unknown address with its start page.
  const found: unknown = await response.json().catch(() => undefined);
  return isDescription(found) ? found : undefined;
};

const isDescription = (value: unknown): value is ServedData => {
  if (typeof value !== "object" || value === null || !("files" in value)) return false;
  const files = value.files as Partial<Names> | null;
  return Object.keys(published).every((key) => typeof files?.[key as keyof Names] === "string");
};

const infoOf = ({ name, classes, shape, mean, std, background }: ServedData): DatasetInfo => ({
  name,
  classes,
  shape,
  mean,
  std,
  ...(background && { background }),
});

const fetched = async (url: string): Promise<Response> => {
  const response = await answerOf(url);
  if (response.ok && response.body) return response;
  throw new Error(
    `data: expected ${url}, got HTTP status ${response.status}; check that the four IDX files are there`,
  );
};

/** The gzipped file, or else the plain one. */
const fetchedEither = async (url: string): Promise<Response> => {
  const packed = await answerOf(`${url}.gz`);
  const isPage = packed.headers.get("content-type")?.startsWith("text/html");
  if (packed.ok && packed.body && !isPage) return packed;
  await packed.body?.cancel();
  return fetched(url);
};

const answerOf = (url: string): Promise<Response> =>
  fetch(url).catch((cause: unknown) => {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new Error(
      `data: expected ${url}, got no answer (${reason}); check the address, and that its server lets other sites read it (Access-Control-Allow-Origin); a page of the program playground asks no other server: start it with --data or --dataset`,
      { cause },
    );
  });

/** Bytes that will come; none where they are unpacked on the way. */
const lengthOf = (headers: Headers): number =>
  headers.has("content-encoding") ? 0 : Number(headers.get("content-length") ?? 0);
