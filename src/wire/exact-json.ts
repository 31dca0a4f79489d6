/**
 * JSON that gives back every number. JSON has no NaN and no infinities, and `JSON.stringify` silently writes them as null and -0 as 0.
 * Here a number that is not finite is written `{"$number":"NaN"}` (or `"Infinity"`, `"-Infinity"`), -0 is written `-0`, and an object whose
 * only key is `$number` is wrapped once more, so that nothing is ever taken for something else. All other data is plain JSON.
 * A member whose value is undefined is absent afterwards.
 */
import type { Json } from '../core/trial.ts'

const key = '$number'
const words: ReadonlyMap<unknown, number> = new Map([
  ['NaN', Number.NaN],
  ['Infinity', Number.POSITIVE_INFINITY],
  ['-Infinity', Number.NEGATIVE_INFINITY],
])

/** The number behind `NaN`, `Infinity` or `-Infinity`, or undefined. */
export function nonFiniteFromWord(word: unknown): number | undefined {
  return words.get(word)
}

export function encodeJson(value: Json): string {
  return isPlain(value) ? JSON.stringify(value) : write(value)
}

/** Throws SyntaxError where the text is not JSON. */
export function decodeJson(text: string): Json {
  const value = JSON.parse(text) as Json
  return text.includes(key) ? revive(value) : value
}

/** Whether `JSON.stringify` loses nothing of it. */
function isPlain(value: Json | undefined): boolean {
  if (typeof value === 'number') return value - value === 0 && !Object.is(value, -0)
  if (typeof value !== 'object' || value === null) return true
  if (Array.isArray(value)) return value.every(isPlain)
  const members = value as { readonly [key: string]: Json | undefined }
  for (const name in members) if (name === key || !isPlain(members[name])) return false
  return true
}

function write(value: Json): string {
  if (typeof value === 'number') {
    if (value - value !== 0) return `{"${key}":"${value}"}`
    return Object.is(value, -0) ? '-0' : String(value)
  }
  if (typeof value !== 'object' || value === null) return JSON.stringify(value)
  if (Array.isArray(value)) return `[${value.map(write).join(',')}]`
  const members: string[] = []
  for (const [name, member] of Object.entries(value)) {
    if (member !== undefined) members.push(`${JSON.stringify(name)}:${write(member)}`)
  }
  const text = `{${members.join(',')}}`
  return isWrapper(value) ? `{"${key}":${text}}` : text
}

function revive(value: Json): Json {
  if (typeof value !== 'object' || value === null) return value
  if (Array.isArray(value)) return value.map(revive)
  if (isWrapper(value)) {
    const inner = value[key] as Json
    const number = words.get(inner)
    if (number !== undefined) return number
    if (typeof inner !== 'object' || inner === null) throw new SyntaxError(`"${key}" holds ${JSON.stringify(inner)}`)
    return reviveMembers(inner as { readonly [key: string]: Json })
  }
  return reviveMembers(value as { readonly [key: string]: Json })
}

function reviveMembers(value: { readonly [key: string]: Json }): Json {
  return Object.fromEntries(Object.entries(value).map(([name, member]) => [name, revive(member)]))
}

function isWrapper(value: object): value is { readonly [key: string]: Json } {
  if (!Object.hasOwn(value, key)) return false
  return Object.entries(value).every(([name, member]) => name === key || member === undefined)
}
