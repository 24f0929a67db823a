/** Labels in XML as rows of a table: Pascal VOC, which has a file for each image, and "CVAT for images", which has one
 *  for all. Pure; it looks for the few elements that matter and builds no tree. */
import type { TableRows } from './table-text.ts'

/** A set has at most 200,000 files. */
const MOST_IMAGES = 500_000

/** Null: it is in neither form. */
export function rowsOfXml(text: string): TableRows | null {
  if (/<annotations\b/.test(text)) return cvat(text)
  return /<annotation\b/.test(text) ? pascalVoc(text) : null
}

/** opencv.github.io/cvat: `<image name="a.jpg" subset="train"><tag label="cat"/></image>`. */
function cvat(text: string): TableRows | null {
  const images = text.split(/<image\b/).slice(1)
  if (images.length > MOST_IMAGES) return null
  const rows = images.map((image) => {
    const head = image.slice(0, Math.max(0, image.indexOf('>')))
    const own = image.slice(0, endOf(image, '</image>'))
    const ofImage = labelsOf(own, /<tag\b[^<>]*>/g)
    const labels = ofImage.length > 0 ? ofImage : labelsOf(own, /<[a-z]+\b[^<>]*>/g)
    return [attribute(head, 'name'), JSON.stringify([...new Set(labels)]), attribute(head, 'subset')]
  })
  return rows.length === 0 ? null : [['image', 'label', 'subset'], ...rows]
}

const labelsOf = (text: string, tags: RegExp): readonly string[] =>
  [...text.matchAll(tags)].map(([tag]) => attribute(tag, 'label')).filter((label) => label !== '')

function attribute(tag: string, name: string): string {
  const found = new RegExp(`\\s${name}=(?:"([^"]*)"|'([^']*)')`).exec(tag)
  return found === null ? '' : unescaped(found[1] ?? found[2] ?? '')
}

/** `<filename>` and the `<name>` of each `<object>`. */
function pascalVoc(text: string): TableRows | null {
  const file = element(text, 'filename')
  if (file === '') return null
  const labels = text
    .split(/<object>/)
    .slice(1)
    .map((object) => element(object, 'name'))
  return [
    ['filename', 'label'],
    [file, JSON.stringify([...new Set(labels)].filter((label) => label !== ''))],
  ]
}

/** The text of the first element of this name. */
function element(text: string, name: string): string {
  const start = text.indexOf(`<${name}>`)
  if (start < 0) return ''
  const from = start + name.length + 2
  const end = text.indexOf(`</${name}>`, from)
  return end < 0 ? '' : unescaped(text.slice(from, end).trim())
}

function endOf(text: string, tag: string): number {
  const at = text.indexOf(tag)
  return at < 0 ? text.length : at
}

const ENTITIES: Readonly<Record<string, string>> = { amp: '&', lt: '<', gt: '>', quot: '"', apos: "'" }

const unescaped = (text: string): string =>
  text.replace(/&(?:#x([0-9a-f]{1,6})|#(\d{1,7})|([a-z]{2,4}));/gi, (whole, hex, decimal, name) => {
    const code = parseInt(String(hex ?? decimal ?? ''), hex === undefined ? 10 : 16)
    if (Number.isInteger(code)) return code <= 0x10ffff ? String.fromCodePoint(code) : String(whole)
    return ENTITIES[String(name).toLowerCase()] ?? String(whole)
  })
