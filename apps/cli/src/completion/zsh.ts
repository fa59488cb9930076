// The completion script for zsh, which shows what each command and flag is for.
import type { Completion } from "@mlpconv/cli-kit";
import { type CommandWords, valuesByFlag } from "./words.js";

export const zshCompletion = (commands: readonly CommandWords[]): string => `#compdef mlpconv
# mlpconv in zsh: eval "$(mlpconv completion zsh)", below compinit
_mlpconv() {
  local -a described
  if (( CURRENT == 2 )); then
    described=(${commands.map(({ name, description }) => describe(name, description)).join(" ")})
    _describe command described
    return
  fi
  case $words[CURRENT-1] in
${[...valuesByFlag(commands)].map(([flag, taken]) => `    ${flag}) ${complete(taken)}; return ;;`).join("\n")}
  esac
  case $words[2] in
${commands
  .map(
    ({ name, flags, operands }) =>
      `    ${name})
      described=(${flags.map(({ flag, description }) => describe(flag, description)).join(" ")})
      if [[ $PREFIX == -* ]]; then _describe flag described; else ${complete(operands)}; fi ;;`,
  )
  .join("\n")}
  esac
}
compdef _mlpconv mlpconv
`;

/** One entry of `_describe`: 'name:what it is', in single quotes. */
const describe = (name: string, description: string): string =>
  `'${name}:${description.replaceAll(":", "\\:").replaceAll("'", "'\\''")}'`;

const complete = (values: Completion): string => {
  if (values === "runs") return "compadd -- runs/*(N:t)";
  if (values === "files") return "_files";
  return values === "anything" ? "_message value" : `compadd -- ${values.join(" ")}`;
};
