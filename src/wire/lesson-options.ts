import type { OptionSpecs } from '../core/options.ts'

/** Where its lessons come from, beside the options of its own: resolved when the study is created. */
export const lessonOptions: OptionSpecs = {
  from: {
    type: 'text',
    default: null,
    doc: 'An earlier study, or a file that `predict --save` wrote: it teaches from the first trial.',
  },
  earlier: { type: 'any', default: null, doc: 'The curves of that study, as they were recorded.' },
}
