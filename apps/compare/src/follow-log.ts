// Reads a run's events.jsonl while another process writes it.
import type { FileHandle } from "node:fs/promises";
import type { LoggedEvent } from "@mlpconv/trainer";
import { parseEvents } from "@mlpconv/trainer/run-files";
import { openFile } from "@mlpconv/weights/node";

/**
 * Gives, each time it is called, the events that have come since; none while there is no file. All of them again when the log was cut and has
 * other lines now, as when a run goes on from its checkpoint.
 */
export const followLog = (path: string): (() => Promise<LoggedEvent[]>) => {
  // Bytes of the lines that were given, and the last of these lines.
  let read = 0;
  let last = "";
  return async () => {
    const file = await openFile(path).catch(() => undefined);
    if (!file) return [];
    try {
      let text = await textFrom(file, read - last.length);
      // A log that was cut may have grown beyond where it was: its length does not tell.
      if (!text.startsWith(last)) {
        [read, last] = [0, ""];
        text = await textFrom(file, 0);
      }
      const come = text.slice(last.length, text.lastIndexOf("\n") + 1);
      read += come.length;
      last = /[^\n]*\n$/.exec(come)?.[0] ?? last;
      return parseEvents(come, path);
    } finally {
      await file.close();
    }
  };
};

/** The rest of a file. Events are ASCII, so no piece ends inside a character. */
const textFrom = async (file: FileHandle, from: number): Promise<string> => {
  const { size } = await file.stat();
  const bytes = Buffer.alloc(Math.max(0, size - from));
  const { bytesRead } = await file.read(bytes, 0, bytes.length, from);
  return bytes.toString("latin1", 0, bytesRead);
};
