/** A command as a completion script needs it. */
export interface CompletedCommand {
  readonly names: readonly string[];
  readonly meaning: string;
  readonly options: readonly { readonly name: string; readonly meaning: string }[];
}

const globalOptions = ['--help', '--json', '--verbose', '--no-color', '--config', '--directory'];

/** A script that completes commands, and the options of each. */
export function renderCompletion(
  shell: 'bash' | 'zsh' | 'fish',
  commands: readonly CompletedCommand[],
): string {
  switch (shell) {
    case 'bash':
      return bash(commands);
    case 'zsh':
      return zsh(commands);
    case 'fish':
      return fish(commands);
    default:
      return shell satisfies never;
  }
}

function bash(commands: readonly CompletedCommand[]): string {
  const cases = commands.map(
    ({ names, options }) =>
      `    ${names.join('|')}) words="${options.map(({ name }) => name).join(' ')}" ;;`,
  );
  return `# bash completion for lanewise
_lanewise() {
  local current="\${COMP_WORDS[COMP_CWORD]}" command="" word words
  for word in "\${COMP_WORDS[@]:1:COMP_CWORD-1}"; do
    case "$word" in -*) ;; *) command="$word"; break ;; esac
  done
  case "$command" in
    "") words="${commands.flatMap(({ names }) => names).join(' ')}" ;;
${cases.join('\n')}
    *) words="" ;;
  esac
  case "$current" in -*) words="$words ${globalOptions.join(' ')}" ;; esac
  COMPREPLY=($(compgen -W "$words" -- "$current"))
  [ \${#COMPREPLY[@]} -gt 0 ] || COMPREPLY=($(compgen -f -- "$current"))
}
complete -F _lanewise lanewise
`;
}

function zsh(commands: readonly CompletedCommand[]): string {
  const described = commands.flatMap(({ names, meaning }) =>
    names.map((name) => `    ${quoted(`${name}:${meaning}`)}`),
  );
  const cases = commands.map(({ names, options }) => {
    const specs = options.map(({ name, meaning }) => ` ${quoted(`${name}[${bare(meaning)}]`)}`);
    return `    ${names.join('|')}) _arguments${specs.join('')} '*:file:_files' ;;`;
  });
  return `#compdef lanewise
_lanewise() {
  local -a commands
  commands=(
${described.join('\n')}
  )
  if (( CURRENT == 2 )); then
    _describe 'command' commands
    return
  fi
  case "$words[2]" in
${cases.join('\n')}
  esac
}
(( $+functions[compdef] )) && compdef _lanewise lanewise
[ "$funcstack[1]" = "_lanewise" ] && _lanewise "$@"
`;
}

function fish(commands: readonly CompletedCommand[]): string {
  const lines = commands.flatMap(({ names, meaning, options }) => [
    ...names.map(
      (name) => `complete -c lanewise -f -n __fish_use_subcommand -a ${name} -d ${quoted(meaning)}`,
    ),
    ...options.map(
      (option) =>
        `complete -c lanewise -n '__fish_seen_subcommand_from ${names.join(' ')}' -l ${option.name.slice(2)} -d ${quoted(option.meaning)}`,
    ),
  ]);
  const globals = globalOptions.map((name) => `complete -c lanewise -l ${name.slice(2)}`);
  return ['# fish completion for lanewise', ...lines, ...globals, ''].join('\n');
}

/** In single quotes, for all three shells: the texts are our own, and hold no backslash. */
function quoted(text: string): string {
  return `'${text.replaceAll("'", '’')}'`;
}

function bare(text: string): string {
  return text.replace(/[[\]:]/g, ' ');
}
