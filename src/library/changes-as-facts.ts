import type { Study } from '../core/study/study.ts'
import type { FactWithoutTime } from '../runtime/controller.ts'
import { studyChanged, studyChanges } from '../wire/changes.ts'
import type { Study as WrittenStudy } from '../wire/changes.ts'
import { programAsJson, programFromJson } from '../wire/program.ts'

/**
 * What a continued study begins with: the changes that its file or its options made since, and a lifted pause. Throws `STUDY_CHANGED` where it
 * would be another study. A study with a command keeps it when a function trains it for once.
 */
export function changesAsFacts({ state }: Study, read: WrittenStudy, by: string): FactWithoutTime[] {
  const facts: FactWithoutTime[] = []
  if (state.seq > 1) {
    const recorded = {
      definition: { ...state.definition, budget: state.budget, failures: state.failures },
      program: programFromJson(state.program),
    }
    const changes = studyChanges(recorded, read)
    if (changes.refused.length > 0) throw studyChanged(state.definition.name, changes.refused)
    const { budget, failures } = changes
    const isCommandLost = recorded.program.command !== null && read.program.command === null
    const program = isCommandLost ? undefined : changes.program
    if (budget ?? failures ?? program) {
      facts.push({
        type: 'StudyChanged',
        ...(budget ? { budget } : {}),
        ...(failures ? { failures } : {}),
        ...(program ? { program: programAsJson(program) } : {}),
      })
    }
  }
  if (state.paused !== null) facts.push({ type: 'ResumeRequested', by })
  return facts
}
