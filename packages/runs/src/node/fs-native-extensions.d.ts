// Types for the part of fs-native-extensions that lock.ts uses; the package ships none.
declare module "fs-native-extensions" {
  /** Locks a range of an open file; false if another descriptor holds the lock. */
  export const tryLock: (fd: number, offset?: number, length?: number) => boolean;
}
