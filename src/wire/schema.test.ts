import { test } from 'node:test'
import assert from 'node:assert/strict'
import { algorithms } from './study-file.laws.ts'
import { studyFileJsonSchema } from './study-file.ts'

interface Schema {
  readonly description?: string
  readonly default?: unknown
  readonly pattern?: string
  readonly const?: unknown
  readonly required?: readonly string[]
  readonly additionalProperties?: unknown
  readonly properties?: { readonly [name: string]: Schema }
  readonly anyOf?: readonly Schema[]
  readonly oneOf?: readonly Schema[]
  readonly enum?: readonly unknown[]
  readonly maximum?: number
}

const schema = (await studyFileJsonSchema({ algorithms })) as unknown as Schema
const fields = schema.properties!

test('the JSON Schema knows every field with a description and no others', () => {
  assert.equal(schema.additionalProperties, false)
  assert.deepEqual(schema.required, ['space'])
  const names =
    'name command shell objective objectives space forbidden epochs sampler scheduler budget seed failures constraints metrics ' +
    'directory env resumable linger checkpoints executor initial warmStart'
  assert.deepEqual(Object.keys(fields).sort(), names.split(' ').sort())
  for (const [name, field] of Object.entries(fields)) assert.ok(field.description, name)
})

test('an algorithm is a name or a section whose options have descriptions and defaults', () => {
  const [short, section] = fields['sampler']!.anyOf!
  assert.deepEqual(short!.enum, ['random', 'tpe'])
  const tpe = section!.oneOf!.find(({ properties }) => properties!['type']!.const === 'tpe')!
  assert.deepEqual(tpe.required, ['type'])
  assert.equal(tpe.additionalProperties, false)
  assert.equal(tpe.properties!['gamma']!.default, 0.25)
  assert.equal(tpe.properties!['gamma']!.description, 'Share of good trials.')
  assert.equal(tpe.properties!['startup']!.default, null)
})

test('durations are text with a pattern and numbers show no artificial bound', () => {
  const { timeout, grace, retries } = fields['failures']!.properties!
  assert.match('1h30m', new RegExp(timeout!.pattern!))
  assert.equal(grace!.default, '30s')
  assert.equal(retries!.default, 1)
  assert.equal(retries!.maximum, undefined)
})
