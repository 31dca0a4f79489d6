/** Writes SVG elements as text. */

export type Attributes = { readonly [name: string]: string | number }

export function element(name: string, attributes: Attributes, ...children: readonly string[]): string {
  const written = Object.entries(attributes).map(([key, value]) => ` ${key}="${escaped(coordinate(value))}"`)
  const open = `<${name}${written.join('')}`
  return children.length === 0 ? `${open}/>\n` : `${open}>${children.join('')}</${name}>\n`
}

export function text(x: number, y: number, content: string, attributes: Attributes = {}): string {
  return element('text', { x, y, fill: '#1b1f24', ...attributes }, escaped(content))
}

export function escaped(content: string): string {
  return content.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;')
}

/** The whole picture, on white, with a title for those who hear it read. */
export function picture(
  { width, height, title }: { readonly width: number; readonly height: number; readonly title: string },
  ...children: readonly string[]
): string {
  return element(
    'svg',
    {
      xmlns: 'http://www.w3.org/2000/svg',
      viewBox: `0 0 ${width} ${height}`,
      width,
      height,
      role: 'img',
      'font-family': 'system-ui, sans-serif',
      'font-size': 12,
    },
    element('title', {}, escaped(title)),
    element('rect', { width, height, fill: '#ffffff' }),
    ...children,
  )
}

/** A piece of line as `look` has it, and what it stands for; `y` is the words' base line. */
export function legendEntry(x: number, y: number, words: string, look: Attributes): string {
  return element('line', { x1: x, y1: y - 4, x2: x + 24, y2: y - 4, ...look }) + text(x + 30, y, words)
}

/** A hundredth of a pixel is finer than any eye. */
export function coordinate(value: string | number): string {
  return typeof value === 'string' ? value : String(Math.round(value * 100) / 100)
}
