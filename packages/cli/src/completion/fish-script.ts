import type { CommandLine, TypedOption } from "./command-line.ts";

/** The completion for fish: a file `longhaul.fish` in `~/.config/fish/completions`, or sourced. */
export function fishScript({ verbs, options }: CommandLine): string {
  const none = "__fish_use_subcommand";
  return [
    "# Completion of longhaul for fish: longhaul completion fish | source",
    ...verbs.map(({ name, summary }) => `complete -c longhaul -n ${none} -f -a ${name} -d ${quoted(summary)}`),
    ...options.map((option) => optionLine(none, option)),
    ...verbs.flatMap(({ name, options: own, choices }) => {
      const condition = quoted(`__fish_seen_subcommand_from ${name}`);
      const values = `complete -c longhaul -n ${condition} -f -a ${quoted(choices.join(" "))}`;
      return [...own.map((option) => optionLine(condition, option)), ...(choices.length === 0 ? [] : [values])];
    }),
    "",
  ].join("\n");
}

/** https://fishshell.com/docs/current/cmds/complete.html */
function optionLine(condition: string, { flags, summary, takesValue, choices }: TypedOption): string {
  const names = flags.map((flag) => (flag.startsWith("--") ? `-l ${flag.slice(2)}` : `-s ${flag.slice(1)}`));
  const given = choices.length > 0 ? [`-x -a ${quoted(choices.join(" "))}`] : takesValue ? ["-r"] : [];
  return ["complete -c longhaul -n", condition, ...names, ...given, `-d ${quoted(summary)}`].join(" ");
}

function quoted(text: string): string {
  return `'${text.replaceAll("\\", "\\\\").replaceAll("'", "\\'")}'`;
}
