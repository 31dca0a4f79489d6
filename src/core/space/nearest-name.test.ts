import { test } from 'node:test'
import { equal } from 'node:assert/strict'
import { nearestName } from './nearest-name.ts'

test('a misspelt name finds the one that was meant, and a strange one finds none', () => {
  const known = ['optimizer', 'momentum', 'lr', 'batch_size', 'width']
  const cases: readonly (readonly [string, string | undefined])[] = [
    ['optimiser', 'optimizer'],
    ['Momentum', 'momentum'],
    ['momnetum', 'momentum'],
    ['batchsize', 'batch_size'],
    ['rl', 'lr'],
    ['lrr', 'lr'],
    ['widht', 'width'],
    ['dropout', undefined],
    ['x', undefined],
    ['', undefined],
  ]
  for (const [name, meant] of cases) equal(nearestName(name, known), meant, name)
})
