import assert from 'node:assert/strict'
import { test } from 'node:test'
import { commands } from './commands.ts'
import { aFolder, call } from './stored-studies.laws.ts'

test('the list of commands goes to standard output when asked for, to standard error when a command is missing', async (t) => {
  const cwd = aFolder(t)
  const asked = await call('--help', cwd)
  assert.equal(asked.code, 0)
  for (const { name } of commands) assert.match(asked.out, new RegExp(`^  ${name} `, 'm'))
  assert.deepEqual(await call('help', cwd), asked)
  const missing = await call('', cwd)
  assert.deepEqual([missing.code, missing.out], [2, ''])
})

test('every command has the same name in its file, a help with an example, and no option twice', async (t) => {
  const cwd = aFolder(t)
  for (const { name, load } of commands) {
    const { command } = await load()
    assert.equal(command.name, name)
    assert.ok(command.examples.length > 0, `${name} has an example`)
    for (const example of command.examples) assert.match(example, new RegExp(`foretune ${name}\\b`))
    const shorts = Object.values(command.options).flatMap((flag) => flag.short ?? [])
    assert.equal(new Set(shorts).size, shorts.length)
    const help = await call(`${name} --help`, cwd)
    assert.equal(help.code, 0)
    assert.match(help.out, /Examples?:\n {2}/)
    for (const flag of Object.keys(command.options)) assert.match(help.out, new RegExp(`--${flag}`))
  }
})

test('a wrong word is answered with the nearest right one and exit 2', async (t) => {
  const cwd = aFolder(t)
  const command = await call('staus', cwd)
  assert.deepEqual([command.code, command.out], [2, ''])
  assert.match(command.err, /^error COMMAND_UNKNOWN: .*did you mean `status`/)
  const flag = await call('trials digits --jsn', cwd)
  assert.equal(flag.code, 2)
  assert.match(flag.err, /^error FLAG_UNKNOWN: .*did you mean `--json`/)
})

const wrong: readonly (readonly [string, string])[] = [
  ['trials --limit', 'FLAG_WITHOUT_VALUE'],
  ['trials --limit many', 'FLAG_VALUE_INVALID'],
  ['export --format xml', 'FLAG_VALUE_INVALID'],
  ['best --json=yes', 'FLAG_VALUE_INVALID'],
  ['story digits', 'OPERANDS_WRONG'],
  ['version now', 'OPERANDS_WRONG'],
  ['completion ksh', 'FLAG_VALUE_INVALID'],
]
for (const [words, code] of wrong) {
  test(`\`foretune ${words}\` is the user's mistake: ${code}`, async (t) => {
    const { code: exit, out, err } = await call(words, aFolder(t))
    assert.deepEqual([exit, out], [2, ''])
    assert.match(err, new RegExp(`^error ${code}: `))
  })
}

test('anything else that is thrown is a bug: exit 70', async (t) => {
  const { code, err } = await call('version', aFolder(t), {
    stdout: {
      write() {
        throw new TypeError('broken')
      },
    },
  })
  assert.equal(code, 70)
  assert.match(err, /TypeError: broken[\s\S]*This is a bug of Foretune/)
})

test('version tells its own and that of Node, also as JSON', async (t) => {
  const cwd = aFolder(t)
  assert.match((await call('--version', cwd)).out, /^foretune \d+\.\d+\.\d+ \(Node /)
  assert.equal(JSON.parse((await call('version --json', cwd)).out).node, process.versions.node)
})

test('schema prints a JSON Schema', async (t) => {
  const schema = JSON.parse((await call('schema', aFolder(t))).out)
  assert.ok(schema.properties.space && schema.properties.scheduler)
})

test('completion scripts name every command and option', async (t) => {
  const cwd = aFolder(t)
  for (const shell of ['bash', 'zsh', 'fish']) {
    const { out, code } = await call(`completion ${shell}`, cwd)
    assert.equal(code, 0)
    for (const { name } of commands) assert.ok(out.includes(name), `${shell} completes ${name}`)
    assert.match(out, /-l where|--where/)
  }
})
