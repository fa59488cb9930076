import { afterEach, describe, expect, it, vi } from "vitest";
import { Interrupted } from "./errors.js";
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

  it.each([
    ["SIGHUP", 129],
    ["SIGINT", 130],
    ["SIGTERM", 143],
  ] as const)("%s is exit code %d", (name, code) => {
    const { exitCode, signal, dispose } = start();
    process.emit(name);
    expect([exitCode(), signal.aborted]).toEqual([code, true]);
    dispose();
  });

  it("stops to wait for work that does not end, and ends the program that it keeps alive", async () => {
    const { orStop, exit, dispose } = start();
    const waiting = orStop(new Promise(() => {}));
    process.emit("SIGINT");
    await expect(waiting).rejects.toThrow(Interrupted);
    expect(exit).not.toHaveBeenCalled();
    await vi.advanceTimersByTimeAsync(100);
    expect(exit).toHaveBeenCalledExactlyOnceWith(130);
    dispose();
  });

  it("leaves alone what comes after the work", async () => {
    const { orStop, exit, dispose } = start();
    await orStop(Promise.resolve());
    process.emit("SIGINT");
    await vi.advanceTimersByTimeAsync(1000);
    expect(exit).not.toHaveBeenCalled();
    dispose();
  });

  it("takes work that fails with the signal for interrupted, and other failures for what they are", async () => {
    vi.useRealTimers();
    const { orStop, dispose } = onInterrupt({ exit: () => {} });
    expect(await orStop(Promise.resolve(3))).toBe(3);
    await expect(orStop(Promise.reject(new Error("no data")))).rejects.toThrow("no data");
    await expect(orStop(Promise.reject(new Error("no compiler")))).rejects.toThrow("no compiler");
    const killed = orStop(Promise.reject(new Error("the compiler was killed")));
    setTimeout(() => process.emit("SIGINT"), 5);
    await expect(killed).rejects.toThrow("interrupted before training began");
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
