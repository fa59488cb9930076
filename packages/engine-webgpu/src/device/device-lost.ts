// Errors that a GPU reports after the call that caused them: a lost device, an error outside of every error scope.
import { adapterName, type OpenDevice } from "./open-device.js";

/** The error that ended the device; every later command throws it. */
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

/** @throws what happened to the device since it was opened */
export const checkDevice = (): void => {
  if (lost) throw lost;
};
