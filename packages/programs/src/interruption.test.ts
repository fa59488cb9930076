import { afterEach, describe, expect, it, vi } from "vitest";
import { onInterrupt } from "./interruption.js";

afterEach(() => vi.useRealTimers());

const start = () => {
  vi.useFakeTimers();
  const exit = vi.fn();
  const onFirst = vi.fn();
  const interruption = onInterrupt({ exit, onFirst });
  return { ...interruption, exit, onFirst };
};

describe("onInterrupt", () => {
  it("asks to stop at the first signal", () => {
    const { signal, exitCode, onFirst, exit, dispose } = start();
    expect([signal.aborted, exitCode()]).toEqual([false, undefined]);
    process.emit("SIGINT");
    expect([signal.aborted, exitCode()]).toEqual([true, 130]);
    expect(onFirst).toHaveBeenCalledOnce();
    expect(exit).not.toHaveBeenCalled();
    dispose();
  });

  it("takes what follows at once for the same key press, as package managers pass it on", () => {
    const { exit, dispose } = start();
    process.emit("SIGINT");
    vi.advanceTimersByTime(100);
    process.emit("SIGINT");
    expect(exit).not.toHaveBeenCalled();
    dispose();
  });

  it("ends the program at the second key press", () => {
    const { exit, onFirst, dispose } = start();
    process.emit("SIGINT");
    vi.advanceTimersByTime(2000);
    process.emit("SIGINT");
    expect(exit).toHaveBeenCalledExactlyOnceWith(130);
    expect(onFirst).toHaveBeenCalledOnce();
    dispose();
  });

  it("tells SIGTERM from SIGINT", () => {
    const { exitCode, dispose } = start();
    process.emit("SIGTERM");
    expect(exitCode()).toBe(143);
    dispose();
  });

  it("gives the signals back", () => {
    const before = process.listenerCount("SIGINT");
    const { dispose } = start();
    expect(process.listenerCount("SIGINT")).toBe(before + 1);
    dispose();
    expect(process.listenerCount("SIGINT")).toBe(before);
  });
});
