// The process that decodes pictures for `predict`: what goes wrong in a decoder ends here, and the parent can stop it at any time.
import { open } from "node:fs/promises";
import { type DecodeOptions, decodePicture, loadDecoder, type Picture } from "./decode-image.js";

/** What the parent asks for. */
export interface PictureOrder extends DecodeOptions {
  path: string;
  mostBytes: number;
}

/** What it gets: first that its order is begun, then the picture or why there is none. */
export type PictureAnswer = { begun: true } | PictureOutcome;
type PictureOutcome = { picture: Picture } | { problem: string };

const read = async ({ path, mostBytes, ...options }: PictureOrder): Promise<PictureOutcome> => {
  const file = await open(path, "r");
  try {
    const { size } = await file.stat();
    if (size > mostBytes) return { problem: `${size} bytes, more than ${mostBytes}` };
    return { picture: await decodePicture(await file.readFile(), options) };
  } finally {
    await file.close();
  }
};

process.on("message", async (order: PictureOrder) => {
  // Not in the time of a picture. What goes wrong with it is told by the decoding.
  await loadDecoder().catch(() => {});
  process.send!({ begun: true } satisfies PictureAnswer);
  const answer = await read(order).catch(({ message }: Error) => ({ problem: message.replace(/\s+/g, " ") }));
  process.send!(answer);
});
// A decoder at work would keep the process alive after its parent has ended.
process.on("disconnect", () => process.kill(process.pid, "SIGKILL"));
