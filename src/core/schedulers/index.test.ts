import assert from 'node:assert/strict'
import { test } from 'node:test'
import { schedulers } from './index.ts'

test('every scheduler is found by its own name, with options that are documented and within their bounds', () => {
  for (const [name, kind] of Object.entries(schedulers)) {
    assert.equal(kind.name, name)
    for (const [option, spec] of Object.entries(kind.options)) {
      assert.match(spec.doc, /^[A-Z].*\.$/, `${name}.${option}`)
      if (spec.choices !== undefined && spec.default !== null) assert.ok(spec.choices.includes(spec.default))
    }
  }
})
