/** The text of a study file as plain data, with the place of every field. YAML 1.2; JSON is read as the part of YAML that it is. */
import type * as Yaml from 'yaml'
import type { Path, Position, Problem } from './study-file-problem.ts'

export interface StudyDocument {
  /** What the text says; undefined where it cannot be told. */
  readonly value: unknown
  readonly problems: readonly (Problem & { readonly position: Position })[]
  /** Where a problem stands: its value, its name, or the section that lacks it. */
  locate(problem: Problem): Position
}

/** Loads the YAML library on first use: the quick commands never pay for it. */
export async function parseStudyDocument(text: string): Promise<StudyDocument> {
  const yaml = await import('yaml')
  const lines = new yaml.LineCounter()
  const document = yaml.parseDocument(text, {
    lineCounter: lines,
    prettyErrors: false,
    version: '1.2',
    logLevel: 'error',
  })
  const place = (offset: number): Position => {
    const { line, col } = lines.linePos(offset)
    return { line: Math.max(1, line), column: Math.max(1, col) }
  }
  const problems: (Problem & { readonly position: Position })[] = []
  for (const error of [...document.errors, ...document.warnings]) {
    problems.push({ ...syntaxProblem(yaml, document, error, text), position: place(error.pos[0]) })
  }
  yaml.visit(document, {
    Alias(_, alias) {
      if (alias.resolve(document) !== undefined) return
      problems.push({
        code: 'YAML_SYNTAX',
        path: [],
        expected: `an anchor &${alias.source} above`,
        got: `*${alias.source}`,
        hint: 'text that starts with * needs quotes',
        position: place(alias.range?.[0] ?? 0),
      })
    },
  })
  // A field given twice leaves the rest readable, so that its other mistakes are told in the same go.
  const isReadable = problems.every((problem) => problem.code === 'DUPLICATE_KEY')
  let value: unknown
  if (isReadable) {
    try {
      value = document.toJS({ maxAliasCount: 1000 })
    } catch (error) {
      problems.push({
        code: 'YAML_SYNTAX',
        path: [],
        expected: 'readable YAML',
        got: error instanceof Error ? error.message : String(error),
        position: place(0),
      })
    }
  }
  return { value, problems, locate: (problem) => place(offsetOf(yaml, document, text, problem)) }
}

function syntaxProblem(yaml: typeof Yaml, document: Yaml.Document, error: Yaml.YAMLError, text: string): Problem {
  if (error.code === 'MULTIPLE_DOCS') {
    return { code: 'YAML_SYNTAX', path: [], expected: 'one document', got: 'a second one (after a line `---`)' }
  }
  if (error.code !== 'DUPLICATE_KEY') {
    return {
      code: 'YAML_SYNTAX',
      path: [],
      expected: 'readable YAML',
      got: `a syntax error: ${error.message}`,
      hint: syntaxHint(error.message),
    }
  }
  const path = pathAt(yaml, document, error.pos[0])
  const name = String(path.at(-1) ?? text.slice(error.pos[0]).split(/[:\s]/, 1)[0])
  return { code: 'DUPLICATE_KEY', path, expected: 'each field once', got: `'${name}' again` }
}

function syntaxHint(message: string): string | undefined {
  if (/tab/i.test(message)) return 'indent with spaces'
  if (/nested mapping|implicit key|scalar/i.test(message))
    return 'text that holds `: ` or starts with a special sign needs quotes'
  return undefined
}

/** The path of the field whose name begins at an offset. */
function pathAt(yaml: typeof Yaml, document: Yaml.Document, offset: number): Path {
  let found: Path = []
  yaml.visit(document, {
    Pair(_, pair, ancestors) {
      if (!yaml.isScalar(pair.key) || pair.key.range?.[0] !== offset) return
      found = pathOf(yaml, [...ancestors, pair])
      return yaml.visit.BREAK
    },
  })
  return found
}

function pathOf(yaml: typeof Yaml, nodes: readonly unknown[]): Path {
  const path: (string | number)[] = []
  nodes.forEach((node, index) => {
    const parent = nodes[index - 1]
    if (yaml.isPair(node)) path.push(String(yaml.isScalar(node.key) ? node.key.value : node.key))
    else if (yaml.isSeq(parent)) path.push(parent.items.indexOf(node))
  })
  return path
}

/** Walks as far along the path as the document goes; what is missing stands where its section is named. */
function offsetOf(yaml: typeof Yaml, document: Yaml.Document, text: string, problem: Problem): number {
  let node: unknown = document.contents
  let nameOffset: number | undefined
  for (const [index, step] of problem.path.entries()) {
    const container = yaml.isAlias(node) ? node.resolve(document) : node
    if (yaml.isMap(container)) {
      const pair = container.items.find(({ key }) => String(yaml.isScalar(key) ? key.value : key) === String(step))
      if (pair === undefined) break
      nameOffset = yaml.isNode(pair.key) ? pair.key.range?.[0] : nameOffset
      if (problem.isAboutName === true && index === problem.path.length - 1) return nameOffset ?? 0
      node = pair.value
      // A field without a value is found by its name.
      if (index === problem.path.length - 1 && isEmpty(yaml, node)) return nameOffset ?? 0
    } else if (yaml.isSeq(container)) {
      node = container.items[Number(step)]
      nameOffset = yaml.isNode(node) ? node.range?.[0] : nameOffset
    } else break
    if (index < problem.path.length - 1) continue
    return offsetWithin(yaml, node, text, problem.within) ?? nameOffset ?? 0
  }
  return nameOffset ?? startOf(yaml, node) ?? 0
}

function isEmpty(yaml: typeof Yaml, node: unknown): boolean {
  return !yaml.isNode(node) || (yaml.isScalar(node) && node.source === '')
}

function startOf(yaml: typeof Yaml, node: unknown): number | undefined {
  return yaml.isNode(node) ? node.range?.[0] : undefined
}

function offsetWithin(yaml: typeof Yaml, node: unknown, text: string, within: string | undefined): number | undefined {
  if (!yaml.isNode(node) || node.range == null) return undefined
  const index = within === undefined ? -1 : text.slice(node.range[0], node.range[1]).indexOf(within)
  return node.range[0] + Math.max(0, index)
}
