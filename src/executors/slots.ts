/**
 * Slots of one machine: room for one attempt each, with the GPUs and cores that go with it. A slot is given out again only after its
 * attempt was seen gone, so that no two attempts share memory by accident.
 */
import { availableParallelism } from 'node:os'
import { existsSync, readFileSync, readdirSync } from 'node:fs'

export interface SlotOptions {
  readonly slots?: number
  readonly gpus?: 'auto' | 'none' | readonly number[]
  readonly trialsPerGpu?: number
  readonly cores?: number
}

export interface Slot {
  readonly index: number
  /** As `CUDA_VISIBLE_DEVICES` names it (a number, or a name such as GPU-5f1c or MIG-...); null: GPUs are left alone. */
  readonly gpu: string | null
  /** Cores of its own; empty: wherever the system puts it. */
  readonly cores: readonly number[]
}

/**
 * With GPUs there are at most `trialsPerGpu` slots for each; neighbouring slots lie on different GPUs. Without GPUs and without a number:
 * as many as the cores allow if `cores` is said, else one.
 */
export function planSlots(
  options: SlotOptions,
  machine: { readonly gpus: readonly string[]; readonly cores: readonly number[] } = thisMachine(),
): Slot[] {
  const gpus =
    options.gpus === 'none'
      ? []
      : options.gpus === undefined || options.gpus === 'auto'
        ? machine.gpus
        : options.gpus.map(String)
  const coresEach = options.cores ?? 0
  const byCores = coresEach > 0 ? Math.max(1, Math.floor(machine.cores.length / coresEach)) : 1
  const byGpus = gpus.length > 0 ? gpus.length * (options.trialsPerGpu ?? 1) : Infinity
  const count = Math.min(options.slots ?? (Number.isFinite(byGpus) ? byGpus : byCores), byGpus)
  return Array.from({ length: count }, (_, index) => {
    const own = machine.cores.slice(index * coresEach, (index + 1) * coresEach)
    return { index, gpu: gpus[index % gpus.length] ?? null, cores: own.length === coresEach ? own : [] }
  })
}

export class SlotPool {
  readonly #slots: readonly Slot[]
  readonly #busy = new Set<number>()

  constructor(slots: readonly Slot[]) {
    this.#slots = slots
  }

  /** A free slot, on the GPU with the fewest attempts; null if all are taken. */
  take(): Slot | null {
    const load = (gpu: string | null): number =>
      this.#slots.filter((slot) => slot.gpu === gpu && this.#busy.has(slot.index)).length
    let best: Slot | null = null
    let bestLoad = Infinity
    for (const slot of this.#slots) {
      if (this.#busy.has(slot.index)) continue
      const slotLoad = slot.gpu === null ? 0 : load(slot.gpu)
      if (slotLoad < bestLoad) [best, bestLoad] = [slot, slotLoad]
      if (slotLoad === 0) break
    }
    if (best !== null) this.#busy.add(best.index)
    return best
  }

  /** The slot that an adopted attempt has had from the start; null if it is not there any more or taken. */
  retake(index: number): Slot | null {
    const slot = this.#slots[index]
    if (slot === undefined || this.#busy.has(index)) return null
    this.#busy.add(index)
    return slot
  }

  release(slot: Slot): void {
    this.#busy.delete(slot.index)
  }
}

export function thisMachine(): { readonly gpus: readonly string[]; readonly cores: readonly number[] } {
  return { gpus: visibleGpus(), cores: allowedCores() }
}

/** What is visible to this process already, else what the drivers list. */
function visibleGpus(): string[] {
  const visible = process.env['CUDA_VISIBLE_DEVICES'] ?? process.env['ROCR_VISIBLE_DEVICES']
  if (visible !== undefined)
    return visible
      .split(',')
      .map((gpu) => gpu.trim())
      .filter((gpu) => gpu !== '' && gpu !== '-1' && gpu !== 'NoDevFiles')
  // A container may hide the driver's list and show its devices only.
  const devices = entries('/dev').filter((device) => /^nvidia\d+$/.test(device)).length
  const nvidia = Math.min(entries('/proc/driver/nvidia/gpus').length || Infinity, devices)
  const amd = entries('/sys/class/kfd/kfd/topology/nodes').filter((node) =>
    /^simd_count [1-9]/m.test(textOf(`/sys/class/kfd/kfd/topology/nodes/${node}/properties`)),
  ).length
  return Array.from({ length: nvidia > 0 ? nvidia : amd }, (_, index) => String(index))
}

function allowedCores(): number[] {
  const list = /^Cpus_allowed_list:\s*(\S+)/m.exec(textOf('/proc/self/status'))?.[1]
  if (list === undefined) return Array.from({ length: availableParallelism() }, (_, index) => index)
  return list.split(',').flatMap((range) => {
    const [first = 0, last = first] = range.split('-').map(Number)
    return Array.from({ length: last - first + 1 }, (_, index) => first + index)
  })
}

function entries(folder: string): string[] {
  return existsSync(folder) ? readdirSync(folder) : []
}

function textOf(path: string): string {
  return existsSync(path) ? readFileSync(path, 'utf8') : ''
}
