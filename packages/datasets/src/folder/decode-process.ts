// The process that decodes pictures: what goes wrong in a decoder ends here, and the parent can stop it at any time.
import { createHash } from "node:crypto";
import { constants } from "node:fs";
import { open } from "node:fs/promises";
import { type DecodeOptions, decodePicture, loadDecoder, type Picture } from "./decode-picture.js";

/** What the parent asks for. */
export interface PictureOrder extends DecodeOptions {
  path: string;
  mostBytes: number;
  mostPixels: number;
}

/** A picture and the hash of the file that it was decoded from. */
export interface ReadPicture extends Picture {
  /** SHA-256 of the file's bytes, in hexadecimal. */
  sha256: string;
}

/** What it receives: first that the order was started, then the picture or the reason why it cannot be decoded. */
export type PictureAnswer = { begun: true } | PictureOutcome;
type PictureOutcome = { picture: ReadPicture } | { problem: string };

const read = async ({ path, mostBytes, ...options }: PictureOrder): Promise<PictureOutcome> => {
  // Opening a pipe without a writer would block otherwise.
  const file = await open(path, constants.O_RDONLY | (constants.O_NONBLOCK ?? 0));
  try {
    const found = await file.stat();
    if (!found.isFile()) return { problem: "something that is no file" };
    if (found.size > mostBytes) return { problem: `${found.size} bytes, more than ${mostBytes}` };
    const bytes = await file.readFile();
    const picture = await decodePicture(bytes, options);
    return { picture: { ...picture, sha256: createHash("sha256").update(bytes).digest("hex") } };
  } finally {
    await file.close();
  }
};

/** sharp with one thread: there are as many processes as there is work for. */
const prepare = async () => {
  const sharp = await loadDecoder();
  sharp.concurrency(1);
  sharp.cache(false);
};

process.on("message", async (order: PictureOrder) => {
  // Not counted in a picture's time limit. If it fails, decoding reports the error.
  await prepare().catch(() => {});
  process.send!({ begun: true } satisfies PictureAnswer);
  const answer = await read(order).catch(({ message }: Error) => ({ problem: message.replace(/\s+/g, " ") }));
  process.send!(answer);
});
// A decoder at work would keep the process alive after its parent has ended.
process.on("disconnect", () => process.kill(process.pid, "SIGKILL"));
