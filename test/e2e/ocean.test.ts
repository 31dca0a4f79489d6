/**
 * The bridge to Ocean, for real: Ocean's mock of a quantum computer (a Pegasus graph with faults), its simulated annealing, and its client before a service
 * that speaks as D-Wave's does (fixtures/annealer-service.py).
 */
import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { chmodSync, existsSync, mkdtempSync, readFileSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import type { TestContext } from 'node:test'
import { annealerDefaults, oceanAnnealer } from '../../src/annealers/ocean.ts'
import type { OceanOptions } from '../../src/annealers/ocean.ts'
import { bitsText, energyOf } from '../../src/core/predictors/qsvr/qubo.ts'
import type { Qubo } from '../../src/core/predictors/qsvr/qubo.ts'
import { reference, twentyCurves } from '../../src/core/predictors/qsvr/reference.laws.ts'
import { ForetuneError } from '../../src/errors.ts'
import type { Annealer, AnnealerAnswer, AnnealerSettings } from '../../src/ports.ts'
import { ocean } from '../ocean-python.ts'
import { root } from './real-study.ts'

const { skip } = ocean
const token = 'DEV-0123456789abcdef0123456789abcdef01234567'
const twenty = twentyCurves().qubo
/** Ten times the largest entry, 1.54, rounded up. */
const chainStrengthOfTwenty = 20
const two: Qubo = { size: 8, q: Float64Array.from(reference.twoPoints.Q.flat()) }
const three: Qubo = { size: 18, q: Float64Array.from(reference.threePoints.Q.flat()) }
/** Every pair is coupled, more strongly the further it is from the first. */
const dense = (size: number): Qubo => ({
  size,
  q: Float64Array.from({ length: size * size }, (_, at) => {
    const [i, j] = [Math.floor(at / size), at % size]
    return i === j ? -1 : i < j ? (i * size + j) / size ** 2 : 0
  }),
})

interface Rig {
  readonly folder: string
  readonly env: NodeJS.ProcessEnv
  annealer(options?: OceanOptions): Annealer
}

/** A folder of its own, with the caches of Foretune and Ocean in it, and no word of D-Wave from outside. */
function rig(t: TestContext): Rig {
  const folder = mkdtempSync(join(tmpdir(), 'foretune-ocean-'))
  const outside = Object.entries(process.env).filter(([name]) => !name.startsWith('DWAVE_'))
  const env = {
    ...Object.fromEntries(outside),
    XDG_CACHE_HOME: join(folder, 'cache'),
    XDG_CONFIG_HOME: folder,
    HOME: folder,
  }
  const open: Annealer[] = []
  t.after(async () => {
    await Promise.all(open.map((annealer) => annealer.close()))
    rmSync(folder, { recursive: true, force: true })
  })
  return {
    folder,
    env,
    annealer(options = {}) {
      const annealer = oceanAnnealer({ python: ocean.python, env, cwd: folder, retryPauseMs: 10, ...options })
      open.push(annealer)
      return annealer
    },
  }
}

const settings = (solver: string | null, more: Partial<AnnealerSettings> = {}): AnnealerSettings => ({
  ...annealerDefaults,
  solver,
  seed: 7,
  ...more,
})

function expectSound(qubo: Qubo, answer: AnnealerAnswer, keep: number): void {
  const energies = answer.samples.map(({ energy }) => energy)
  assert.ok(energies.length > 0 && energies.length <= keep)
  assert.deepEqual(
    energies,
    energies.toSorted((a, b) => a - b),
  )
  assert.equal(new Set(answer.samples.map(({ bits }) => bitsText(bits))).size, energies.length)
  for (const { bits, energy } of answer.samples) {
    assert.equal(bits.length, qubo.size)
    assert.equal(energy, energyOf(qubo, bits))
  }
  assert.ok(Math.abs(answer.energies.lowest - (energies[0] as number)) < 1e-9)
  assert.ok(answer.energies.lowest <= answer.energies.mean && answer.energies.mean <= answer.energies.highest)
}

const bitsOfBest = ({ samples }: AnnealerAnswer): string => bitsText(samples[0]?.bits ?? Uint8Array.of())

async function errorOf(promise: Promise<unknown>): Promise<ForetuneError> {
  try {
    await promise
  } catch (error) {
    assert.ok(error instanceof ForetuneError, String(error))
    return error
  }
  return assert.fail('it was answered')
}

/** A Python that writes down its process number. */
function noted(folder: string): { readonly python: string; pids(): number[] } {
  const [python, pids] = [join(folder, 'python'), join(folder, 'pids')]
  writeFileSync(python, `#!/bin/sh\necho $$ >> '${pids}'\nexec '${ocean.python}' "$@"\n`)
  chmodSync(python, 0o755)
  return {
    python,
    pids: () => (existsSync(pids) ? readFileSync(pids, 'utf8').trim().split('\n').map(Number) : []),
  }
}

/** One that has ended, and that nobody has asked how, lives no more. */
function lives(pid: number | undefined): boolean {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8')
    return !/^[ZX]$/.test(stat.slice(stat.lastIndexOf(')') + 2).charAt(0))
  } catch {
    return false // no such process
  }
}

async function until(holds: () => boolean, what: string): Promise<void> {
  const giveUpAt = performance.now() + 30_000
  while (!holds()) {
    assert.ok(performance.now() < giveUpAt, `waited for ${what}`)
    await new Promise((resolve) => setTimeout(resolve, 20))
  }
}

test("Ocean's simulated annealing finds the lowest states, the same ones for the same seed", { skip }, async (t) => {
  const annealer = rig(t).annealer()
  const solver = 'simulated-annealing'
  assert.deepEqual(await annealer.probe(settings(solver)).then(({ kind, qubits }) => [kind, qubits]), [
    'simulated',
    null,
  ])
  const exact = await annealer.solve(three, settings(solver, { keep: 10, reads: 500, sweeps: 200 }))
  expectSound(three, exact, 10)
  assert.equal(bitsOfBest(exact), reference.threePoints.lowest[0]?.bits)
  assert.deepEqual([exact.reads, exact.embedding, exact.chainStrength, exact.couplersDropped, exact.tries], [500, null, null, 0, 1]) // prettier-ignore

  const usual = settings(solver, { sweeps: 100, betaRange: [0.5, 200] })
  const [one, again, other] = await Promise.all(
    [usual, usual, { ...usual, seed: 8 }].map((how) => annealer.solve(twenty, how)),
  )
  assert.ok(one && again && other)
  expectSound(twenty, one, 4)
  assert.equal(one.samples.length, 4)
  assert.ok(one.energies.lowest < -0.95, `${one.energies.lowest} is far above what these settings give`)
  assert.deepEqual(again.samples, one.samples)
  assert.notDeepEqual(other.samples, one.samples)
})

test(
  'the mock of a quantum computer embeds a clique once, keeps it on disk, and says what its chains did',
  { skip },
  async (t) => {
    const { annealer, folder } = rig(t)
    const first = annealer()
    const { qubits, couplers, topology } = await first.probe(settings('mock'))
    assert.deepEqual([qubits, couplers, topology], [5612, 40044, 'pegasus 16'])
    let ticks = 0
    const ticking = setInterval(() => ticks++, 10)
    const computed = await first.solve(twenty, settings('mock'))
    clearInterval(ticking)
    expectSound(twenty, computed, 4)
    const { chainStrength, brokenChains, longestChain, couplersDropped, embedding, timing } = computed
    assert.deepEqual([chainStrength, couplersDropped, embedding], [chainStrengthOfTwenty, 0, 'computed'])
    assert.ok(brokenChains !== null && brokenChains > 0 && brokenChains < 1)
    assert.ok(longestChain !== null && longestChain >= 10 && longestChain < 20)
    assert.ok(timing.embeddingMs > 0 && timing.embeddingMs < timing.wallMs)
    assert.equal(timing.qpuAccessMs, null, 'a mock spends no time of a quantum computer')
    assert.ok(ticks > timing.wallMs / 100, `the loop turned ${ticks} times in ${timing.wallMs} ms`)

    const cached = await first.solve(twenty, settings('mock', { chainMultiplier: 1 }))
    assert.deepEqual([cached.embedding, cached.chainStrength], ['cached', chainStrengthOfTwenty / 10])
    const later = await annealer().solve(twenty, settings('mock'))
    assert.equal(later.embedding, 'cached')
    assert.deepEqual(later.samples, computed.samples, 'the same seed, the same samples')
    const files = readdirSync(join(folder, 'cache', 'foretune', 'embeddings'))
    assert.deepEqual([files.length, /^mock_16-[0-9a-f]{16}-120\.json$/.test(files[0] ?? '')], [1, true])
  },
)

test('a broken file in the cache is computed anew', { skip }, async (t) => {
  const { annealer, folder } = rig(t)
  const cache = join(folder, 'cache', 'foretune', 'embeddings')
  const embedding = async (): Promise<string | null> =>
    (await annealer().solve(two, settings('mock:4', { reads: 10 }))).embedding
  assert.deepEqual([await embedding(), await embedding()], ['computed', 'cached'])
  const [file = ''] = readdirSync(cache)
  writeFileSync(join(cache, file), readFileSync(join(cache, file)).subarray(0, 40))
  assert.deepEqual([await embedding(), await embedding()], ['computed', 'cached'])
  assert.deepEqual(readdirSync(cache), [file])
})

test(
  'on a small graph the weakest couplers are dropped; energies stay those of the whole problem',
  { skip },
  async (t) => {
    const annealer = rig(t).annealer()
    const exact = await annealer.solve(two, settings('mock:4', { reads: 5000 }))
    expectSound(two, exact, 4)
    assert.equal(exact.couplersDropped, 0)
    assert.equal(bitsOfBest(exact), reference.twoPoints.lowest[0]?.bits)
    const large = dense(30)
    const cut = await annealer.solve(large, settings('mock:3'))
    expectSound(large, cut, 4)
    assert.ok([250, 125, 62, 31].includes(435 - cut.couplersDropped), `${cut.couplersDropped} were dropped`)
    assert.equal((await annealer.solve(large, settings('mock:3'))).embedding, 'cached')
    const error = await errorOf(annealer.solve(dense(60), settings('mock:2')))
    assert.equal(error.code, 'ANNEALER_PROBLEM_TOO_LARGE')
  },
)

test('what a solver would refuse is told before anything is done', { skip }, async (t) => {
  const annealer = rig(t).annealer()
  for (const wrong of [{ reads: 20_000 }, { annealingTimeUs: 5000 }]) {
    assert.equal((await errorOf(annealer.probe(settings('mock:4', wrong)))).code, 'ANNEALER_REFUSED')
    assert.equal((await errorOf(annealer.solve(three, settings('mock:4', wrong)))).code, 'ANNEALER_REFUSED')
  }
})

test('a bridge that is killed in a call is started again and answers', { skip }, async (t) => {
  const { annealer, folder } = rig(t)
  const { python, pids } = noted(folder)
  const asking = annealer({ python }).solve(twenty, settings('mock'))
  await until(() => pids().length === 1, 'the bridge')
  await new Promise((resolve) => setTimeout(resolve, 300))
  process.kill(pids()[0] as number, 'SIGKILL')
  const answer = await asking
  assert.deepEqual([answer.tries, answer.embedding], [2, 'computed'])
  assert.equal(pids().length, 2)
})

test('the bridge ends with a controller that is killed in a call, and keeps none alive', { skip }, async (t) => {
  const { folder, env } = rig(t)
  const { python, pids } = noted(folder)
  const program = join(folder, 'controller.ts')
  const source = (call: string): string => `
    import { annealerDefaults, oceanAnnealer } from '${root}src/annealers/ocean.ts'
    const annealer = oceanAnnealer({ python: '${python}' })
    const size = 180
    await annealer.${call}\n`
  const controller = (call: string): ReturnType<typeof spawn> => {
    writeFileSync(program, source(call))
    return spawn(process.execPath, [program], { env, stdio: 'inherit' })
  }
  // While it looks for the embedding, Python does not see that its input has ended.
  const solving = controller(
    "solve({ size, q: new Float64Array(size * size).fill(1) }, { ...annealerDefaults, solver: 'mock:24' })",
  )
  await until(() => pids().length === 1, 'the first bridge')
  await new Promise((resolve) => setTimeout(resolve, 3000))
  assert.ok(lives(pids()[0]))
  const killedAt = performance.now()
  solving.kill('SIGKILL')
  await until(() => !lives(pids()[0]), 'the end of the first bridge')
  assert.ok(performance.now() - killedAt < 1000)

  const leaving = controller("probe({ ...annealerDefaults, solver: 'simulated-annealing' })")
  const [status] = await new Promise<[number | null]>((resolve) => leaving.on('exit', (code) => resolve([code])))
  assert.equal(status, 0, 'nobody closed it, and the program ended')
  await until(() => !lives(pids()[1]), 'the end of the second bridge')
})

interface Service {
  readonly port: number
}

/** The service, and a `dwave.conf` that leads there: Ocean finds it in the folder it runs in. */
async function service(t: TestContext, at: Rig, way: string, itsToken: string = token): Promise<Service> {
  const child = spawn(ocean.python, [join(root, 'test/fixtures/annealer-service.py'), token, way], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  t.after(() => child.kill('SIGKILL'))
  const port = await new Promise<number>((resolve) => child.stdout.once('data', (data) => resolve(Number(data))))
  configure(at, port, itsToken)
  return { port }
}

function configure(at: Rig, port: number, itsToken: string): void {
  const lines = ['[defaults]', `endpoint = http://127.0.0.1:${port}/`, `token = ${itsToken}`, 'http_retry_total = 0']
  writeFileSync(join(at.folder, 'dwave.conf'), `${lines.join('\n')}\n`)
}

test("D-Wave's client brings the problem to a solver and its time back", { skip }, async (t) => {
  const at = rig(t)
  await service(t, at, 'works')
  const annealer = at.annealer()
  const described = await annealer.probe(settings(null))
  assert.deepEqual([described.solver, described.kind, described.qubits], ['Pegasus_for_tests', 'qpu', 260])
  for (const solver of [null, 'qpu', 'Pegasus_for_tests']) {
    const answer = await annealer.solve(two, settings(solver, { reads: 5000, annealingTimeUs: 50 }))
    expectSound(two, answer, 4)
    assert.equal(bitsOfBest(answer), reference.twoPoints.lowest[0]?.bits)
    assert.deepEqual([answer.reads, answer.timing.qpuAccessMs, answer.solver], [5000, 251, 'Pegasus_for_tests'])
  }
  const several = await Promise.all([1, 2, 3, 4].map(() => annealer.solve(two, settings(null))))
  assert.deepEqual(several.map(({ embedding }) => embedding), ['cached', 'cached', 'cached', 'cached']) // prettier-ignore
  const unknown = await errorOf(annealer.probe(settings('Advantage_system0')))
  assert.equal(unknown.code, 'ANNEALER_SOLVER_UNKNOWN')
  assert.deepEqual(unknown.details, { solver: 'Advantage_system0', known: ['Pegasus_for_tests'] })
  assert.deepEqual(filesWith(at.folder, token), ['dwave.conf'], 'the token is written nowhere else')
})

test('a service that stumbles is asked again, one that fails is told after the stated retries', { skip }, async (t) => {
  const at = rig(t)
  await service(t, at, 'stumbles')
  assert.equal((await at.annealer().solve(two, settings(null))).tries, 2)
  await service(t, at, 'fails')
  const error = await errorOf(at.annealer({ retries: 2 }).solve(two, settings(null)))
  assert.equal(error.code, 'ANNEALER_UNREACHABLE')
  assert.equal(error.exit, 3)
  assert.equal(error.details['tries'], 3)
  assert.match(error.message, /the chip is warm, says \[token\]/)
})

test('each missing piece of the way to the service has its error', { skip }, async (t) => {
  const at = rig(t)
  const annealer = at.annealer()
  const code = async (): Promise<string> => {
    const error = await errorOf(annealer.probe(settings(null)))
    const { code: itsCode, message, details, stack } = error
    assert.ok(!JSON.stringify([message, details, stack]).includes(token))
    return itsCode
  }
  assert.equal(await code(), 'ANNEALER_NOT_CONFIGURED', 'no configuration')
  writeFileSync(join(at.folder, 'dwave.conf'), `token = ${token}`)
  assert.equal(await code(), 'ANNEALER_NOT_CONFIGURED', 'a configuration that is none')
  const { port } = await service(t, at, 'empty')
  assert.equal(await code(), 'ANNEALER_SOLVER_UNKNOWN', 'an account without solvers')
  configure(at, port, `${token}0`)
  assert.equal(await code(), 'ANNEALER_NOT_CONFIGURED', 'a token that is refused')
  configure(at, 9, token)
  assert.equal(await code(), 'ANNEALER_UNREACHABLE', 'nobody there')
})

test('a service that does not answer in time is given up', { skip }, async (t) => {
  const at = rig(t)
  await service(t, at, 'slow')
  const annealer = at.annealer({ timeLimitMs: 6000 })
  await annealer.probe(settings(null))
  const startedAt = performance.now()
  assert.equal((await errorOf(annealer.solve(two, settings(null)))).code, 'ANNEALER_SILENT')
  assert.ok(performance.now() - startedAt < 7000)
  // The next call begins with a new process.
  assert.equal((await annealer.probe(settings('simulated-annealing'))).kind, 'simulated')
})

/** Relative to the folder. */
function filesWith(folder: string, text: string): string[] {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((name) => statSync(join(folder, name)).isFile() && readFileSync(join(folder, name)).includes(text))
    .toSorted()
}
