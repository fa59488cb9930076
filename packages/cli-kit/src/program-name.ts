// How users start the programs: "pnpm" in this repository, "npx mlpconv" from npm. Help and errors show commands in this form.

// A property of the process, set once by `createProgram`.
let programName = "pnpm";

export const setProgramName = (name: string): void => {
  programName = name;
};

/** How the user calls pnpm: through npx if the program was started so, because pnpm may not be installed. */
export const pnpmAsTyped = (env: NodeJS.ProcessEnv = process.env): string => {
  const version = /^pnpm\/(\S+)/.exec(env.npm_config_user_agent ?? "")?.[1];
  // npm_config_npm_version is set only by npm and npx.
  return version && env.npm_config_npm_version ? `npx -y pnpm@${version}` : "pnpm";
};

/** A command as the user types it: "train --resume" becomes "pnpm train --resume". */
export const asTyped = (command: string): string => `${programName} ${command}`;

// Width of the command column; the explanation of a longer command goes on the next line.
const widest = 58;

/** The examples of a help text: commands as typed, each with its explanation. */
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
