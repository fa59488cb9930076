// The files of a data set out of their archive. Nothing is written to disk, so that a path in an archive leads nowhere; what is not wanted is
// skipped; and no member may be longer than the file it stands for, nor the whole longer than it is allowed.

import { promisify } from "node:util";
import { createGunzip, gunzip } from "node:zlib";
import { DatasetError } from "../dataset-error.js";
import { type Archive, type DataFile, downloadName, type Form } from "../sets/data-set.js";
import { type Contents, verified } from "./verify-file.js";

const gunzipAsync = promisify(gunzip);

/** gzip adds at most a few bytes per 32 kB to what it cannot compress. */
export const mostCompressed = (file: Pick<DataFile, "bytes">): number => file.bytes + 65_536;

/**
 * Decompresses, but never to more than the file should have: a damaged or hostile file must not fill the memory.
 *
 * @throws DatasetError `damaged`
 */
export const unzip = async (
  bytes: Uint8Array,
  file: Pick<DataFile, "bytes">,
  path: string,
): Promise<Uint8Array> => {
  try {
    return await gunzipAsync(bytes, { maxOutputLength: file.bytes });
  } catch (cause) {
    const tooLong = cause instanceof Error && "code" in cause && cause.code === "ERR_BUFFER_TOO_LARGE";
    const got = tooLong ? "more" : `a damaged file (${(cause as Error).message})`;
    throw new DatasetError("damaged", `${path}: expected gzip of ${file.bytes} bytes, got ${got}`, { cause });
  }
};

/**
 * The files of a form from its archive, each verified.
 *
 * @param path what to call the archive in an error
 * @throws DatasetError `damaged`
 */
export const unpack = async (
  bytes: Uint8Array,
  archive: Archive,
  { files }: Form,
  path: string,
): Promise<Contents> => {
  const wanted = new Map(files.map((file) => [downloadName(file), file]));
  const most = (name: string): number | undefined => {
    const file = wanted.get(name);
    return file && (file.gzip ? mostCompressed(file) : file.bytes);
  };
  const members = await (archive.kind === "zip" ? fromZip : fromTar)(bytes, archive, most, path);
  const contents: Contents = new Map();
  for (const [name, file] of wanted) {
    const member = members.get(name);
    const place = `${path}: ${name}`;
    if (!member) {
      throw new DatasetError("damaged", `${path}: expected ${name} in the archive, got none; get it again`);
    }
    const plain = file.gzip ? await unzip(member, file, place) : member;
    contents.set(file.name, verified(plain, file, place, file.gzip && member));
  }
  return contents;
};

type Members = Map<string, Uint8Array>;
/** The most bytes that a member may have; undefined for one that is not wanted. */
type Most = (name: string) => number | undefined;

const tooLong = (path: string, name: string, most: number, got: number) =>
  new DatasetError("damaged", `${path}: ${name}: expected ${most} bytes at most, got ${got}`);

const fromZip = async (bytes: Uint8Array, _: Archive, most: Most, path: string): Promise<Members> => {
  // Imported late: only archives need it.
  const { unzipSync } = await import("fflate");
  try {
    const members = unzipSync(bytes, {
      filter: ({ name, originalSize }) => {
        const limit = most(name);
        if (limit !== undefined && originalSize > limit) throw tooLong(path, name, limit, originalSize);
        return limit !== undefined;
      },
    });
    return new Map(Object.entries(members));
  } catch (cause) {
    if (cause instanceof DatasetError) throw cause;
    const got = cause instanceof Error ? cause.message : String(cause);
    throw new DatasetError("damaged", `${path}: expected a zip archive, got a damaged one (${got})`, {
      cause,
    });
  }
};

const fromTar = async (bytes: Uint8Array, archive: Archive, most: Most, path: string): Promise<Members> => {
  const { Parser } = await import("tar");
  return new Promise((resolve, reject) => {
    const members: Members = new Map();
    let unpacked = 0;
    let ended = false;
    const fail = (cause: unknown) => {
      if (ended) return;
      ended = true;
      gunzip.destroy();
      if (cause instanceof DatasetError) return reject(cause);
      const got = cause instanceof Error ? cause.message : String(cause);
      const message = `${path}: expected a gzipped tar archive, got a damaged one (${got})`;
      reject(new DatasetError("damaged", message, { cause }));
    };
    const parser = new Parser({
      strict: true,
      // Not decompressed here, where its length could not be bounded.
      gzip: false,
      brotli: false,
      zstd: false,
      onReadEntry: (entry) => {
        const limit = entry.type === "File" ? most(entry.path) : undefined;
        if (limit === undefined) return void entry.resume();
        if (entry.size > limit) return fail(tooLong(path, entry.path, limit, entry.size));
        const member = new Uint8Array(entry.size);
        let at = 0;
        entry.on("data", (chunk: Uint8Array) => {
          member.set(chunk, at);
          at += chunk.length;
        });
        entry.on("end", () => members.set(entry.path, member));
      },
    });
    parser.on("error", fail);
    parser.on("end", () => {
      if (ended) return;
      ended = true;
      resolve(members);
    });
    const gunzip = createGunzip();
    gunzip.on("error", fail);
    gunzip.on("data", (chunk: Buffer) => {
      if (ended) return;
      unpacked += chunk.length;
      if (unpacked > archive.unpacked) return fail(tooLong(path, "unpacked", archive.unpacked, unpacked));
      parser.write(chunk);
    });
    gunzip.on("end", () => {
      if (!ended) parser.end();
    });
    gunzip.end(bytes);
  });
};
