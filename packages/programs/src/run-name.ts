// Names of runs, which are names of folders under runs/ on every system.

/** The folder that holds all runs, in the folder the program was started in. */
export const runsFolder = "runs";

// What Windows keeps for its devices, with or without an extension.
const reserved = /^(con|prn|aux|nul|com\d|lpt\d)(\.|$)/i;

/** What is wrong with a run's name, or another's that a folder takes, if anything. */
export const runNameProblem = (name: string, flag = "--run"): string | undefined => {
  if (/^[A-Za-z0-9][A-Za-z0-9._-]{0,99}$/.test(name) && !name.endsWith(".") && !reserved.test(name)) return;
  return (
    `expected ${flag} to be a folder name of up to 100 letters, digits, "-", "_" and "." that begins with a letter or digit, ` +
    `such as nin-lr-0.05, got "${name}"`
  );
};

/** "ninMnist-quick-2026-01-31-142530" in local time: sorts by age, says what it is. */
export const defaultRunName = (model: string, preset: string, now = new Date()): string => {
  const two = (value: number) => String(value).padStart(2, "0");
  const day = [now.getFullYear(), two(now.getMonth() + 1), two(now.getDate())].join("-");
  const time = [now.getHours(), now.getMinutes(), now.getSeconds()].map(two).join("");
  return `${model}-${preset}-${day}-${time}`;
};
