// How users start the programs, "pnpm" in this repository and "npx mlpconv" from npm: help and errors give commands to type.

// A fact of the process, said once by `createProgram`.
let programName = "pnpm";

export const setProgramName = (name: string): void => {
  programName = name;
};

/** How pnpm is typed here: through npx where the programs were started so, as nothing says that pnpm is installed. */
export const pnpmAsTyped = (env: NodeJS.ProcessEnv = process.env): string => {
  const version = /^pnpm\/(\S+)/.exec(env.npm_config_user_agent ?? "")?.[1];
  // Only npm and npx set the version of npm.
  return version && env.npm_config_npm_version ? `npx -y pnpm@${version}` : "pnpm";
};

/** A command as it is typed here: "train --resume" is "pnpm train --resume". */
export const asTyped = (command: string): string => `${programName} ${command}`;

// A longer command has its words on the next line.
const widest = 58;

/** A help's examples: commands as they are typed, and beside each what it does. */
export const exampleLines = (examples: readonly (readonly [command: string, what?: string])[]): string => {
  const typed = examples.map(([command, what]) => [asTyped(command), what] as const);
  const column =
    Math.max(...typed.map(([command]) => command.length).filter((length) => length <= widest)) + 2;
  return [
    "Examples:",
    ...typed.flatMap(([command, what]) => {
      if (what === undefined) return `  ${command}`;
      if (command.length > widest) return [`  ${command}`, `  ${" ".repeat(column)}${what}`];
      return `  ${command.padEnd(column)}${what}`;
    }),
  ].join("\n");
};
