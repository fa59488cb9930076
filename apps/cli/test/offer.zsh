# Types a line and Tab into an interactive zsh that has read the script, and prints what is offered: <word>.
zmodload zsh/zpty
zpty shell zsh -f -i
# What is typed is echoed, so READY and DONE are written in two pieces. It is ready when it edits a line.
zpty -w shell 'PROMPT=; autoload -Uz compinit; compinit -u -D; source ./script
compadd() { local -a found; builtin compadd -O found "$@"; print -rl -- "<${(@)^found}>"; }
zle -C offer complete-word _main_complete; bindkey "^I" offer
zle-line-init() { print REA""DY; }; zle -N zle-line-init'
zpty -r -m shell seen '*READY*'
zpty -w -n shell "$1"$'\t'
zpty -w shell $'\C-u'
zpty -w shell 'print DO""NE'
zpty -r -m shell seen '*DONE*'
print -r -- $seen
zpty -d shell
