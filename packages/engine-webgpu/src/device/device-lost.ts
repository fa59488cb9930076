// Errors that a GPU reports after the call that caused them: a lost device, or an error outside of all error scopes.
import { adapterName, type OpenDevice } from "./open-device.js";

/** The error that ended the device; later commands throw it. */
let lost: Error | undefined;

export const watch = ({ adapter, device }: Pick<OpenDevice, "adapter" | "device">): void => {
  lost = undefined;
  void device.lost.then(({ reason, message }) => {
    if (reason === "destroyed") return;
    lost = new Error(
      `webgpu: ${adapterName(adapter)} was lost: ${message.trim() || "no reason given"}; start the program again, ` +
        "with --resume if it was training; if it happens again, update the driver or use smaller batches",
    );
  });
  device.addEventListener("uncapturederror", ({ error }) => {
    lost ??= new Error(
      `webgpu: ${error.message.trim()}; use smaller batches if it speaks of memory, else report this`,
      {
        cause: error,
      },
    );
  });
};

/** @throws the error that ended the device, if there was one */
export const checkDevice = (): void => {
  if (lost) throw lost;
};
