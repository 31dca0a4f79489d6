/** The form of every kind of event: which members it must have and of what kind. Their meaning is the core's business. */
import type { Event } from '../core/study/events.ts'

type Kind = 'count' | 'number' | 'text' | 'object' | 'list'
type Form = { readonly [member: string]: Kind }

const attempt: Form = { trial: 'count', attempt: 'count' }
const line: Form = { ...attempt, line: 'count' }

const forms: { readonly [T in Event['type']]: Form } = {
  StudyCreated: { version: 'text', definition: 'object', directory: 'text' },
  StudyChanged: {},
  ControllerStarted: { fence: 'count', host: 'text', pid: 'count', version: 'text', slots: 'count' },
  ControllerLeft: { why: 'text' },
  SlotsChanged: { slots: 'count' },
  AttemptStarted: attempt,
  TrialReported: { ...line, epoch: 'count', metrics: 'object' },
  ReportRejected: { ...line, text: 'text', why: 'text' },
  TrialHandedOver: { ...line, epoch: 'count' },
  AttemptOverdue: { ...attempt, cause: 'text' },
  AttemptEnded: { ...attempt, outcome: 'object' },
  TimePassed: {},
  StopRequested: { by: 'text' },
  PauseRequested: { by: 'text' },
  ResumeRequested: { by: 'text' },
  TrialStopRequested: { trial: 'count', by: 'text' },
  TrialImported: { configuration: 'object', state: 'text', reports: 'list', source: 'text' },
  TrialAsked: { by: 'text' },
  ConfigurationsProposed: { proposal: 'count', configurations: 'list' },
  ProposeConfigurations: { proposal: 'count', trial: 'count', count: 'count' },
  PredictorFitted: { fit: 'count', model: 'object' },
  PredictorFailed: { fit: 'count', why: 'object' },
  FitPredictor: {
    fit: 'count',
    predictor: 'object',
    known: 'count',
    target: 'count',
    earlier: 'count',
    trials: 'list',
  },
  CreateTrial: { trial: 'count', configuration: 'object', by: 'text' },
  StartAttempt: { ...attempt, from: 'count', until: 'count', why: 'object' },
  RaiseUntil: { ...attempt, until: 'count', why: 'object' },
  ReleaseTrial: attempt,
  StopAttempt: { ...attempt, why: 'object' },
  StopTrial: { trial: 'count', why: 'object' },
  FailTrial: { trial: 'count', why: 'object' },
  Conclude: { by: 'text', topic: 'text' },
  CloseSampling: { why: 'object' },
  DeleteCheckpoint: { trial: 'count' },
  FinishStudy: { why: 'object' },
}

const members: ReadonlyMap<unknown, readonly (readonly [string, Kind])[]> = new Map(
  Object.entries(forms).map(([type, form]) => [type, Object.entries({ at: 'number', ...form } as Form)]),
)

/** What is wrong with a parsed event, or null. */
export function eventProblem(event: unknown): string | null {
  if (typeof event !== 'object' || event === null) return 'it is not an object'
  const fields = event as { readonly [member: string]: unknown }
  const form = members.get(fields['type'])
  if (form === undefined) return `its type is ${JSON.stringify(fields['type'])}, which this version does not know`
  for (const [member, kind] of form) {
    if (!isOfKind(fields[member], kind)) {
      return `member "${member}" of ${String(fields['type'])} should be a ${kind}, got ${JSON.stringify(fields[member])}`
    }
  }
  if (fields['type'] === 'TrialImported') return importedProblem(fields['reports'] as readonly unknown[])
  if (fields['type'] === 'ConfigurationsProposed')
    return proposedProblem(fields['configurations'] as readonly unknown[])
  return null
}

function proposedProblem(configurations: readonly unknown[]): string | null {
  const wrong = configurations.findIndex(
    (one) => !isOfKind(one, 'object') || !isOfKind((one as { configuration?: unknown }).configuration, 'object'),
  )
  return wrong === -1 ? null : `configuration ${wrong} of ConfigurationsProposed is not one`
}

function importedProblem(reports: readonly unknown[]): string | null {
  const wrong = reports.findIndex((report) => {
    if (!isOfKind(report, 'object')) return true
    const { epoch, metrics } = report as { readonly epoch?: unknown; readonly metrics?: unknown }
    return !isOfKind(epoch, 'count') || !isOfKind(metrics, 'object')
  })
  return wrong === -1 ? null : `report ${wrong} of TrialImported is not an epoch with metrics`
}

function isOfKind(value: unknown, kind: Kind): boolean {
  switch (kind) {
    case 'count':
      return Number.isSafeInteger(value) && (value as number) >= 0
    case 'number':
      return Number.isFinite(value)
    case 'text':
      return typeof value === 'string'
    case 'object':
      return typeof value === 'object' && value !== null && !Array.isArray(value)
    case 'list':
      return Array.isArray(value)
  }
}
