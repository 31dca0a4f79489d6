/** Events of every awkward form, for whatever writes events down and reads them back. */
import fc from 'fast-check'
import type { Event } from '../core/study/events.ts'
import type { Json, Metrics } from '../core/trial.ts'

const count = fc.nat()
const text = fc.oneof(
  fc.string(),
  fc.string({ unit: 'binary' }),
  fc.constantFrom(
    'NaN',
    'Infinity',
    '-0',
    '$number',
    '__proto__',
    'null',
    'toString',
    '\u0000',
    '\ud800',
    '"\\\n\u2028',
    'ü 漢 🙂',
  ),
)
const number = fc.oneof(
  fc.double(),
  fc.constantFrom(NaN, Infinity, -Infinity, -0, 0, 5e-324, 1.7976931348623157e308, 2 ** 53),
)

function record<T extends object>(members: { [K in keyof T]: fc.Arbitrary<T[K]> }): fc.Arbitrary<T> {
  return fc.record(members, { noNullPrototype: true }) as fc.Arbitrary<T>
}

/**
 * V8's `JSON.parse` at times takes a key of one escaped character (`"\\u0000"`) for a backslash. No name in a study can be one: parameters, metrics
 * and our own notes have letters.
 */
const memberName = text.filter((name) => name.length !== 1 || JSON.stringify(name).length === 3)

/** An object that a member named `__proto__` cannot harm. */
function dictionary<T>(value: fc.Arbitrary<T>): fc.Arbitrary<{ readonly [name: string]: T }> {
  return fc.array(fc.tuple(memberName, value), { maxLength: 4 }).map((members) => Object.fromEntries(members))
}

export const anyMetrics: fc.Arbitrary<Metrics> = dictionary(number)

export const anyJson: fc.Arbitrary<Json> = fc.letrec<{ json: Json }>((tie) => ({
  json: fc.oneof(
    { maxDepth: 3 },
    fc.constant(null),
    fc.boolean(),
    number,
    text,
    fc.array(tie('json'), { maxLength: 3 }),
    dictionary(tie('json')),
    record({ $number: tie('json') }),
  ),
})).json

const at = fc.integer({ min: 0, max: 4e12 })
const finite = fc.double({ noDefaultInfinity: true, noNaN: true })
const configuration = dictionary(fc.oneof(finite, text, fc.boolean()))
const attempt = { at, trial: fc.nat({ max: 3 }), attempt: count }
const why = anyJson.chain((numbers) => text.map((rule) => ({ rule, numbers })))

export const anyReport: fc.Arbitrary<Event> = record({
  type: fc.constant('TrialReported' as const),
  ...attempt,
  line: count,
  epoch: count,
  metrics: anyMetrics,
})

const others: readonly fc.Arbitrary<{ readonly type: string }>[] = [
  record({ type: fc.constant('TimePassed'), at }),
  record({ type: fc.constant('AttemptStarted'), ...attempt, process: anyJson }),
  record({ type: fc.constant('ReportRejected'), ...attempt, line: count, text, why: text }),
  record({
    type: fc.constant('TrialImported'),
    at,
    configuration,
    state: fc.constantFrom('complete', 'failed'),
    reports: fc.array(record({ epoch: count, metrics: anyMetrics }), { maxLength: 3 }),
    source: text,
  }),
  record({ type: fc.constant('CreateTrial'), at, trial: count, configuration, by: text, note: anyJson, tag: anyJson }),
  record({ type: fc.constant('StopTrial'), at, trial: count, why }),
  record({ type: fc.constant('Conclude'), at, by: fc.constant('scheduler'), topic: text, data: anyJson }),
]

export const anyEvent: fc.Arbitrary<Event> = fc.oneof(
  anyReport,
  anyReport.map((report) => ({ ...report, more: true })),
  ...others.map((other) => other.map((event) => event as Event)),
)
