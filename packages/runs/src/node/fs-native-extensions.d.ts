// The part of fs-native-extensions (which ships no types) that lock.ts uses.
declare module "fs-native-extensions" {
  /** Locks a range of an open file; false when another descriptor has it. */
  export const tryLock: (fd: number, offset?: number, length?: number) => boolean;
}
