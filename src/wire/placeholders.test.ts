import { test } from 'node:test'
import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import fc from 'fast-check'
import { splitCommand } from './command-words.ts'
import { commandProblems, fillCommand, placeholderNames, quoteForShell, type ReservedValues } from './placeholders.ts'

const reserved: ReservedValues = {
  trial: 17,
  seed: 5,
  from: 3,
  until: 9,
  checkpoint: '/s/t 17/checkpoint',
  attempt: '/s/t 17/attempt-2',
}

function words(line: string): string[] {
  const split = splitCommand(line)
  assert.ok('words' in split, line)
  return split.words.map((word) => word.text)
}

function filled(command: string | string[], configuration: Record<string, number | string | boolean>): string[] {
  return fillCommand({ command, shell: false }, configuration, reserved)
}

test('a command line is split as sh splits it', () => {
  const lines = [
    `python train.py --lr 0.1`,
    `a  'b c'  "d e"f\\ g`,
    `x "a\\"b\\\\c\\n" '\\n' "" ''`,
    `--k='v w' pre"mid"post`,
    `tab\tnew\\\\line`,
  ]
  for (const line of lines) {
    const bySh = execFileSync('/bin/sh', ['-c', `for w in ${line}; do printf '%s\\0' "$w"; done`], { encoding: 'utf8' })
    assert.deepEqual(words(line), bySh.split('\0').slice(0, -1), line)
  }
})

test('unbalanced quotes and a last backslash are named with their place', () => {
  assert.deepEqual(splitCommand(`a 'b c`), {
    problem: { code: 'UNBALANCED_QUOTES', expected: "a closing '", got: 'the end of the command', within: "'b c" },
  })
  for (const line of ['a "b', 'a \\', `a "it's`]) assert.ok('problem' in splitCommand(line), line)
})

test('placeholders are filled after splitting, so that a value never becomes two arguments', () => {
  assert.deepEqual(
    filled('python train.py --lr={lr} --optimizer {optimizer} {checkpoint}/model.pt', {
      lr: 1e-7,
      optimizer: 'a b; c',
    }),
    ['python', 'train.py', '--lr=1e-7', '--optimizer', 'a b; c', '/s/t 17/checkpoint/model.pt'],
  )
  assert.deepEqual(filled(['run', '{trial}-{from}-{until}', "it's {lr}"], { lr: true }), ['run', '17-3-9', "it's true"])
})

test('doubled braces are braces', () => {
  assert.deepEqual(filled(`echo '{{"lr": {lr}}}' {{}}`, { lr: 0.5 }), ['echo', '{"lr": 0.5}', '{}'])
})

test('an absent parameter takes its argument and a bare flag with it', () => {
  assert.deepEqual(filled('p --verbose --momentum {momentum} --lr {lr}', { lr: 1 }), ['p', '--verbose', '--lr', '1'])
  assert.deepEqual(filled('p --verbose --momentum={momentum} -x', {}), ['p', '--verbose', '-x'])
  assert.deepEqual(filled('p --verbose --a {a} {b}', {}), ['p', '--verbose'])
  assert.deepEqual(filled('p -1 {a}', {}), ['p', '-1'])
  assert.deepEqual(filled('p --a a{a}', {}), ['p', '--a'])
})

test('names that only objects know are not parameters', () => {
  assert.deepEqual(filled('p {toString}', {}), ['p'])
})

test('what is wrong with a command comes all at once', () => {
  const codes = (command: string | string[], shell = false): string[] =>
    commandProblems({ command, shell }, ['lr']).map((problem) => problem.code)
  assert.deepEqual(codes('p {lr} {trial} {{x}}'), [])
  assert.deepEqual(codes('p {lrr} { lr } {} "'), [
    'UNBALANCED_QUOTES',
    'UNKNOWN_PLACEHOLDER',
    'BAD_PLACEHOLDER',
    'BAD_PLACEHOLDER',
  ])
  assert.deepEqual(codes(['p', '{lrr}', '}']), ['UNKNOWN_PLACEHOLDER', 'BAD_PLACEHOLDER'])
  for (const line of ['cd x && p', 'p > log', 'p 2>&1', 'p | tee log', 'cd x; p', 'A=1 p', 'p >log']) {
    assert.deepEqual(codes(line), ['SHELL_SYNTAX'], line)
    assert.deepEqual(codes(line, true), [], line)
  }
  for (const line of ["p '&&'", 'p --a=b', 'p "a > b"', 'p a=>b']) assert.deepEqual(codes(line), [], line)
})

test('names are listed once', () => {
  assert.deepEqual(placeholderNames('{a} {b}{a} {{c}}'), ['a', 'b'])
})

test('whatever the value and whatever the quotes around it, the shell hands it on unchanged', () => {
  const texts = fc.array(
    fc.string({ unit: fc.constantFrom('a', ' ', "'", '"', '$', '`', '\\', '!', '*', '\n', '{', 'é', ';') }),
    {
      minLength: 3,
      maxLength: 3,
    },
  )
  fc.assert(
    fc.property(texts, ([a, b, c]) => {
      const command = `printf '%s\\0' {a} "<{b}>" 'it'\\''s {c}'`
      const [file, ...args] = fillCommand({ command, shell: true }, { a: a!, b: b!, c: c! }, reserved)
      const printed = execFileSync(file!, args, { encoding: 'utf8' }).split('\0').slice(0, -1)
      assert.deepEqual(printed, [a, `<${b}>`, `it's ${c}`])
    }),
    { numRuns: 40 },
  )
})

test('a word with an absent parameter leaves a shell command too', () => {
  const fill = (command: string): string => fillCommand({ command, shell: true }, { lr: 'a b' }, reserved)[2]!
  assert.equal(fill('cd x && p --m {m} --lr {lr} > {trial}.log'), "cd x && p  --lr 'a b' > 17.log")
  assert.equal(fill('p "--m={m}" | tee {checkpoint}'), "p  | tee '/s/t 17/checkpoint'")
})

test('quoting leaves plain words alone', () => {
  assert.equal(quoteForShell('1e-5'), '1e-5')
  assert.equal(quoteForShell(''), "''")
})
