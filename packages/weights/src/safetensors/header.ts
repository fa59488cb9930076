// Parses the header of a safetensors file and checks all rules of the format, so that tensors can then be read without further checks.
import { findExcess } from "./bounds.js";
import { byteLength, isDtype, type TensorType } from "./dtypes.js";
import { duplicateKey } from "./duplicate-key.js";
import { SafetensorsError } from "./error.js";

/** The reference implementation's limit, in bytes. */
export const MAX_HEADER = 100_000_000;
/** A little-endian u64: the header's length. */
export const PREFIX = 8;
/** First bytes of a zip archive: "PK". */
const ZIP = [0x50, 0x4b, 3, 4];

/** A tensor and its byte range, counted from the end of the header. */
interface TensorInfo extends TensorType {
  readonly begin: number;
  readonly end: number;
}

export interface Header {
  readonly metadata: Readonly<Record<string, string>>;
  /** Tensors in the header's order. */
  readonly tensors: ReadonlyMap<string, TensorInfo>;
}

type Fail = (expected: string, got: string) => SafetensorsError;

const failing =
  (where: string): Fail =>
  (expected, got) =>
    new SafetensorsError(
      `${where}: expected ${expected}, got ${got}; the file is damaged or is no safetensors file: write or fetch it again`,
    );

/**
 * The header's length from the first eight bytes of a file of `fileSize` bytes.
 *
 * @throws SafetensorsError when the file is too short for it or it is past the format's limit
 */
export const headerLength = (prefix: Uint8Array, fileSize: number, where: string): number => {
  const fail = failing(where);
  if (fileSize < PREFIX) throw fail("the header's length in the first 8 bytes", `${fileSize} bytes`);
  if (ZIP.every((byte, i) => prefix[i] === byte))
    throw new SafetensorsError(
      `${where}: expected a safetensors file, got a zip archive, such as PyTorch's torch.save writes; convert it in Python: safetensors.torch.save_file(torch.load("x.pth"), "x.safetensors")`,
    );
  const length = new DataView(prefix.buffer, prefix.byteOffset, PREFIX).getBigUint64(0, true);
  if (length > BigInt(MAX_HEADER)) throw fail(`a header of at most ${MAX_HEADER} bytes`, `${length}`);
  if (PREFIX + Number(length) > fileSize) {
    throw fail(`a header of ${length} bytes`, `a file of ${fileSize} bytes`);
  }
  return Number(length);
};

/**
 * Parses and checks a header that `dataLength` bytes of data follow.
 *
 * @throws SafetensorsError naming the tensor and the rule that is broken
 */
export const parseHeader = (bytes: Uint8Array, dataLength: number, where: string): Header => {
  const fail = failing(where);
  const { __metadata__: metadata = {}, ...entries } = parseJson(bytes, fail);
  const tensors = new Map(
    Object.entries(entries).map(([name, info]) => [name, tensorInfo(name, info, fail)]),
  );
  checkCoverage(tensors, dataLength, fail);
  return { metadata: stringsOnly(metadata, fail), tensors };
};

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === "object" && value !== null && !Array.isArray(value);

const parseJson = (bytes: Uint8Array, fail: Fail): Record<string, unknown> => {
  if (bytes[0] !== 0x7b) throw fail('a header that starts with "{"', `byte ${bytes[0] ?? "none"}`);
  const excess = findExcess(bytes);
  if (excess) throw fail(...excess);
  let text: string;
  let value: unknown;
  try {
    text = new TextDecoder("utf-8", { fatal: true }).decode(bytes);
    value = JSON.parse(text);
  } catch (error) {
    throw fail("a header of JSON in UTF-8", (error as Error).message);
  }
  if (!isObject(value)) throw fail("a JSON object as the header", show(value));
  const twice = duplicateKey(text);
  if (twice !== undefined) throw fail("each key once in the header", `${show(twice)} twice`);
  return value;
};

const stringsOnly = (metadata: unknown, fail: Fail): Record<string, string> => {
  if (!isObject(metadata)) throw fail("__metadata__ from strings to strings", show(metadata));
  for (const [key, value] of Object.entries(metadata)) {
    if (typeof value !== "string") throw fail(`__metadata__ ${show(key)} to be a string`, show(value));
  }
  return metadata as Record<string, string>;
};

const tensorInfo = (name: string, info: unknown, fail: Fail): TensorInfo => {
  const where = `tensor ${show(name)}`;
  if (!isObject(info)) throw fail(`${where} to have dtype, shape and data_offsets`, show(info));
  const { dtype, shape, data_offsets: offsets } = info;
  if (!isDtype(dtype)) throw fail(`${where} to have a dtype that can be read`, show(dtype));
  if (!isCounts(shape)) throw fail(`${where} to have a shape of whole numbers from 0 up`, show(shape));
  if (!isCounts(offsets) || offsets.length !== 2 || offsets[0]! > offsets[1]!) {
    throw fail(`${where} to have data_offsets [begin, end], begin <= end`, show(offsets));
  }
  const [begin, end] = offsets as [number, number];
  const bytes = byteLength({ dtype, shape });
  if (bytes !== end - begin) {
    throw fail(
      `${where} to have ${bytes ?? "less than 2^53"} bytes by its dtype ${dtype} and shape ${show(shape)}`,
      `${end - begin}`,
    );
  }
  return { dtype, shape, begin, end };
};

const isCounts = (value: unknown): value is number[] =>
  Array.isArray(value) && value.every((size) => Number.isSafeInteger(size) && size >= 0);

/** Checks that the tensors lie end to end and fill the data, without gaps or overlaps. */
const checkCoverage = (tensors: Map<string, TensorInfo>, dataLength: number, fail: Fail) => {
  let covered = 0;
  for (const [name, { begin, end }] of [...tensors].sort(
    ([, a], [, b]) => a.begin - b.begin || a.end - b.end,
  )) {
    if (begin !== covered) {
      throw fail(`tensor ${show(name)} to begin at ${covered}, where the one before it ends`, `${begin}`);
    }
    covered = end;
  }
  if (covered !== dataLength) throw fail(`${covered} bytes of data`, `${dataLength}`);
};

/** A header value for an error message: shortened and not descended into, because a header may be 100 MB and nested a million levels deep. */
const show = (value: unknown): string => {
  const text = Array.isArray(value) ? `[${value.slice(0, 9).map(showOne)}]` : showOne(value);
  return text.length > 80 ? `${text.slice(0, 80)}...` : text;
};

const showOne = (value: unknown): string => {
  if (typeof value === "object" && value !== null) return Array.isArray(value) ? "[...]" : "{...}";
  return value === undefined ? "none" : JSON.stringify(value);
};
