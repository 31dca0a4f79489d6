import type { Command, Flags } from './command.ts'
import { commands } from './commands.ts'

export const command: Command = {
  name: 'completion',
  summary: 'A completion script for bash, zsh or fish.',
  usage: 'SHELL',
  operands: [1, 1],
  options: {},
  examples: [
    'foretune completion bash >> ~/.bashrc',
    'foretune completion zsh > "${fpath[1]}/_foretune"',
    'foretune completion fish > ~/.config/fish/completions/foretune.fish',
  ],
  run: async (args, io) => {
    const { flagValueInvalid } = await import('./cli-errors.ts')
    const write = shells[args.operands[0] ?? '']
    if (!write) throw flagValueInvalid('SHELL', `one of ${Object.keys(shells).join(', ')}`, args.operands[0] ?? '')
    const known: Known[] = []
    for (const { name, summary, load } of commands) {
      known.push({ name, summary, options: (await load()).command.options })
    }
    io.stdout.write(write(known))
  },
}

interface Known {
  readonly name: string
  readonly summary: string
  readonly options: Flags
}

const shells: { readonly [shell: string]: (known: readonly Known[]) => string } = { bash, zsh, fish }

function flagsOf(known: Known): string[] {
  return [...Object.keys(known.options).map((name) => `--${name}`), '--help']
}

function bash(known: readonly Known[]): string {
  const cases = known.map((one) => `    ${one.name}) words="${flagsOf(one).join(' ')}" ;;`)
  return `# foretune completion for bash
_foretune() {
  local current="\${COMP_WORDS[COMP_CWORD]}" words
  if [ "$COMP_CWORD" -eq 1 ]; then
    COMPREPLY=($(compgen -W "${known.map((one) => one.name).join(' ')} --help --version" -- "$current"))
    return
  fi
  case "\${COMP_WORDS[1]}" in
${cases.join('\n')}
    *) words="" ;;
  esac
  case "$current" in
    -*) COMPREPLY=($(compgen -W "$words" -- "$current")) ;;
    *) COMPREPLY=($(compgen -f -- "$current")) ;;
  esac
}
complete -o filenames -F _foretune foretune
`
}

function zsh(known: readonly Known[]): string {
  const list = known.map((one) => `    '${one.name}:${quoted(one.summary).replaceAll(':', '\\:')}'`)
  const cases = known.map((one) => {
    const flags = Object.entries(one.options).map(([name, flag]) => {
      const value =
        flag.type === 'boolean'
          ? ''
          : `:${flag.value ?? 'value'}:${flag.choices ? `(${flag.choices.join(' ')})` : '_files'}`
      return `'${flag.type === 'list' ? '*' : ''}--${name}[${quoted(flag.doc).replaceAll('[', '\\[').replaceAll(']', '\\]')}]${value}'`
    })
    return `    ${one.name}) _arguments ${[...flags, "'--help[Print help.]'", "'*:file:_files'"].join(' ')} ;;`
  })
  return `#compdef foretune
_foretune() {
  local -a commands
  commands=(
${list.join('\n')}
  )
  if (( CURRENT == 2 )); then
    _describe command commands
    return
  fi
  local chosen="$words[2]"
  shift words
  (( CURRENT-- ))
  case "$chosen" in
${cases.join('\n')}
  esac
}
_foretune "$@"
`
}

function fish(known: readonly Known[]): string {
  const lines = [
    '# foretune completion for fish',
    'complete -c foretune -n __fish_use_subcommand -l help -d "Print help."',
  ]
  for (const { name, summary, options } of known) {
    lines.push(`complete -c foretune -f -n __fish_use_subcommand -a ${name} -d '${fishQuoted(summary)}'`)
    for (const [flag, { type, short, choices, doc }] of Object.entries(options)) {
      const value = type === 'boolean' ? '' : choices ? ` -x -a '${choices.join(' ')}'` : ' -r'
      const shortOne = short === undefined ? '' : ` -s ${short}`
      lines.push(
        `complete -c foretune -n '__fish_seen_subcommand_from ${name}' -l ${flag}${shortOne}${value} -d '${fishQuoted(doc)}'`,
      )
    }
  }
  return `${lines.join('\n')}\n`
}

/** Inside single quotes of zsh. */
function quoted(text: string): string {
  return text.replaceAll("'", `'\\''`)
}

function fishQuoted(text: string): string {
  return text.replaceAll('\\', '\\\\').replaceAll("'", "\\'")
}
