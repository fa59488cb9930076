// The completion script for fish, which shows what each command and flag is for.
import type { Completion } from "@mlpconv/cli-kit";
import type { CommandWords } from "./words.js";

export const fishCompletion = (commands: readonly CommandWords[]): string =>
  [
    "# mlpconv in fish: mlpconv completion fish > ~/.config/fish/completions/mlpconv.fish",
    "complete -c mlpconv -f",
    `complete -c mlpconv -n __fish_use_subcommand -l version -d ${quoted("output the version number")}`,
    ...commands.flatMap(({ name, description, flags, operands }) => {
      const within = `complete -c mlpconv -n ${quoted(`__fish_seen_subcommand_from ${name}`)}`;
      return [
        `complete -c mlpconv -n __fish_use_subcommand -a ${name} -d ${quoted(description)}`,
        ...(operands === "anything" ? [] : [`${within} ${taking(operands)}`]),
        ...flags.map(({ flag, description, values }) =>
          [within, "-l", flag.slice(2), "-d", quoted(description), ...(values ? [needing(values)] : [])]
            .join(" ")
            .trim(),
        ),
      ];
    }),
    "",
  ].join("\n");

const quoted = (text: string): string => `'${text.replaceAll("\\", "\\\\").replaceAll("'", "\\'")}'`;

/** A flag's value: whatever is not a file keeps fish from offering files. */
const needing = (values: Completion): string =>
  `${values === "files" ? "-r" : "-x"} ${taking(values)}`.trim();

const taking = (values: Completion): string => {
  if (values === "runs") return "-a '(ls runs 2>/dev/null)'";
  if (values === "files") return "-F";
  return values === "anything" ? "" : `-a ${quoted(values.join(" "))}`;
};
