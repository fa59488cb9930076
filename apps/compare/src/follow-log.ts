// Reads a run's events.jsonl while another process writes it.
import type { LoggedEvent } from "@mlpconv/trainer";
import { parseEvents } from "@mlpconv/trainer/run-files";
import { openFile } from "@mlpconv/weights/node";

/** Gives, each time it is called, the events that have come since; none while there is no file. */
export const followLog = (path: string): (() => Promise<LoggedEvent[]>) => {
  let read = 0;
  let rest = "";
  return async () => {
    const file = await openFile(path).catch(() => undefined);
    if (!file) return [];
    try {
      const { size } = await file.stat();
      // A run that goes on cuts the log where its checkpoint was made.
      if (size < read) [read, rest] = [0, ""];
      const bytes = Buffer.alloc(size - read);
      const { bytesRead } = await file.read(bytes, 0, bytes.length, read);
      read += bytesRead;
      // Events are ASCII, so no piece ends inside a character.
      const lines = (rest + bytes.toString("latin1", 0, bytesRead)).split("\n");
      rest = lines.pop() ?? "";
      return parseEvents(lines.map((line) => `${line}\n`).join(""), path);
    } finally {
      await file.close();
    }
  };
};
