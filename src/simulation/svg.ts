/** Writes SVG elements as text. */

type Attributes = { readonly [name: string]: string | number }

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

/** A hundredth of a pixel is finer than any eye. */
export function coordinate(value: string | number): string {
  return typeof value === 'string' ? value : String(Math.round(value * 100) / 100)
}
