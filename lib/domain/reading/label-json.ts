/** Labels in JSON as rows of a table: Label Studio (full and small), COCO with one class per image, Labelbox, FiftyOne,
 *  lines of `metadata.jsonl` of Hugging Face, lists of objects or pairs, and an object with a label per file or files
 *  per label. Pure. */
import { labelRank, nameRank } from './table-headings.ts'
import type { TableRows } from './table-text.ts'

type JsonObject = Readonly<Record<string, unknown>>
const isObject = (value: unknown): value is JsonObject =>
  typeof value === 'object' && value !== null && !Array.isArray(value)
const text = (value: unknown): string => {
  if (typeof value === 'string') return value
  if (typeof value === 'number' || typeof value === 'boolean') return String(value)
  return value === null || value === undefined ? '' : JSON.stringify(value)
}

/** Every way in which it may be a table, the likeliest first; empty: it is not JSON, or has no labels. */
export function tablesOfJson(content: string): readonly TableRows[] {
  const values = parsed(content)
  if (values === null) return []
  const value = values.kind === 'lines' ? values.lines : values.value
  if (Array.isArray(value)) {
    const known = (values.kind === 'lines' ? labelbox(value) : null) ?? labelStudio(value)
    if (known !== null) return [known]
    return [pairs(value) ?? objects(value), nestedObjects(value)].filter((rows) => rows !== null)
  }
  if (!isObject(value)) return []
  const rows =
    coco(value) ??
    fiftyOne(value) ??
    labelMe(value) ??
    viaProject(value) ??
    (isRow(value) ? objects([value]) : mapped(value))
  return rows === null ? [] : [rows]
}

/** Rows with the objects inside each object as columns of their own; null where there are none. */
function nestedObjects(list: readonly unknown[]): TableRows | null {
  if (!list.every(isObject)) return null
  const rows = list.map((one) => new Map(fieldsIn(one, '', 0)))
  const keys = [...new Set(rows.flatMap((row) => [...row.keys()]))].slice(0, MOST_FIELDS)
  if (!keys.some((key) => key.includes(PATH_SIGN))) return null
  return [
    keys.map((key) => key.split(PATH_SIGN).at(-1)!),
    ...rows.map((row) => keys.map((key) => text(row.get(key)))),
  ]
}

const PATH_SIGN = '\n'
const DEEPEST_FIELD = 4
const MOST_FIELDS = 60

function fieldsIn(value: JsonObject, path: string, depth: number): readonly (readonly [string, unknown])[] {
  return Object.entries(value).flatMap(([key, one]) => {
    const own = path === '' ? key : `${path}${PATH_SIGN}${key}`
    return isObject(one) && depth < DEEPEST_FIELD ? fieldsIn(one, own, depth + 1) : [[own, one] as const]
  })
}

/** labelme: a file for each image, with its shapes, or with flags for the whole image. */
function labelMe({ imagePath, shapes, flags }: JsonObject): TableRows | null {
  if (typeof imagePath !== 'string' || !Array.isArray(shapes)) return null
  const ofShapes = shapes.filter(isObject).map((one) => text(one['label']))
  const ofImage = Object.entries(isObject(flags) ? flags : {}).flatMap(([name, isSet]) =>
    isSet === true ? [name] : [],
  )
  const labels = ofImage.length > 0 ? ofImage : ofShapes
  return [
    ['image', 'label'],
    [imagePath, JSON.stringify([...new Set(labels)])],
  ]
}

/** A project of the VGG Image Annotator: attributes of the file, or of its regions. */
function viaProject({ _via_img_metadata: metadata }: JsonObject): TableRows | null {
  if (!isObject(metadata)) return null
  const files = Object.values(metadata).filter(isObject)
  const rows = files.map((file) => {
    const ofFile = attributesIn(file['file_attributes'])
    const regions = Array.isArray(file['regions']) ? file['regions'].filter(isObject) : []
    const ofRegions = regions.flatMap((one) => attributesIn(one['region_attributes']))
    const labels = ofFile.length > 0 ? ofFile : ofRegions
    return [text(file['filename']), JSON.stringify([...new Set(labels)])]
  })
  return [['filename', 'label'], ...rows]
}

/** The value of the attribute for the class, or of the only one that is set. */
function attributesIn(value: unknown): readonly string[] {
  const set = Object.entries(isObject(value) ? value : {}).flatMap(([name, one]) => {
    const label = isObject(one) ? Object.keys(one).find((key) => one[key] === true) : one
    return typeof label === 'string' && label.trim() !== '' ? [[name, label] as const] : []
  })
  const named = set.filter(([name]) => labelRank(name) !== null)
  const [only] = named.length > 0 ? named : set
  return only === undefined || (named.length === 0 && set.length > 1) ? [] : [only[1]]
}

function parsed(
  content: string,
): { kind: 'lines'; lines: unknown[] } | { kind: 'one'; value: unknown } | null {
  try {
    return { kind: 'one', value: JSON.parse(content) }
  } catch {
    try {
      const lines = content.split(/\r\n|\r|\n/).filter((line) => line.trim() !== '')
      return lines.length === 0
        ? null
        : { kind: 'lines', lines: lines.map((line): unknown => JSON.parse(line)) }
    } catch {
      return null
    }
  }
}

const rowsOfList = (list: readonly unknown[]): TableRows | null =>
  labelStudio(list) ?? pairs(list) ?? objects(list)

/** `[["a.jpg", "cat"], …]`. */
function pairs(list: readonly unknown[]): TableRows | null {
  const rows = list.flatMap((row) => (Array.isArray(row) && row.length === 2 ? [row.map(text)] : []))
  return rows.length > 0 && rows.length === list.length ? [['file', 'label'], ...rows] : null
}

/** One line of `metadata.jsonl`, alone. */
const isRow = (value: JsonObject): boolean => {
  const keys = Object.keys(value)
  return keys.some((key) => nameRank(key) !== null) && keys.some((key) => labelRank(key) !== null)
}

/** Each object is a row; the headings are all keys. */
function objects(list: readonly unknown[]): TableRows | null {
  const rows = list.filter(isObject)
  if (rows.length === 0 || rows.length < list.length) return null
  const keys = [...new Set(rows.flatMap((row) => Object.keys(row)))]
  return keys.length < 2 ? null : [keys, ...rows.map((row) => keys.map((key) => text(row[key])))]
}

/** labelstud.io/guide/export: tasks with annotations, whose results have choices. */
function labelStudio(list: readonly unknown[]): TableRows | null {
  const tasks = list.filter(isObject)
  if (tasks.length === 0 || !tasks.every((task) => isObject(task['data']))) return null
  const rows = tasks.flatMap((task) => {
    const name = imageIn(isObject(task['data']) ? task['data'] : {})
    const uploaded = text(task['file_upload'])
    const annotations = [task['annotations'], task['completions']].find(Array.isArray) ?? []
    const labels = annotations
      .filter(isObject)
      .filter((one) => one['was_cancelled'] !== true)
      .map((one) => [...new Set((Array.isArray(one['result']) ? one['result'] : []).flatMap(choicesOf))])
      .filter((choices) => choices.length > 0)
    if (labels.length === 0) return [[name, uploaded, '']]
    return labels.map((choices) => [name, uploaded, JSON.stringify(choices)])
  })
  return [['image', 'file_upload', 'choice'], ...rows]
}

const IMAGE_KEYS = ['image', 'img', 'image_url', 'url', 'file', 'path', 'captioning'] as const

function imageIn(data: JsonObject): string {
  const named = IMAGE_KEYS.map((key) => data[key]).find((value) => typeof value === 'string')
  return text(named ?? Object.values(data).find((value) => typeof value === 'string'))
}

function choicesOf(result: unknown): readonly string[] {
  const value = isObject(result) ? result['value'] : null
  if (!isObject(value)) return []
  // rectanglelabels, polygonlabels, …
  const ofShapes = Object.entries(value).find(([key]) => /[a-z]labels$/.test(key))?.[1]
  const choices = value['choices'] ?? value['taxonomy'] ?? value['labels'] ?? ofShapes
  return Array.isArray(choices) ? choices.map(text).filter((one) => one !== '') : []
}

/** docs.labelbox.com: a line per image, with its classifications in the labels of a project. */
function labelbox(lines: readonly unknown[]): TableRows | null {
  const rows = lines.filter(isObject)
  if (rows.length === 0 || !rows.every((row) => isObject(row['data_row']))) return null
  return [
    ['external_id', 'global_key', 'label'],
    ...rows.map((row) => {
      const data = isObject(row['data_row']) ? row['data_row'] : {}
      return [
        text(data['external_id']),
        text(data['global_key']),
        JSON.stringify(radioAnswers(row['projects'])),
      ]
    }),
  ]
}

/** Names of the answers, at whatever depth; files of untrusted depth are cut by JSON.parse. */
function radioAnswers(value: unknown, depth = 0): readonly string[] {
  if (depth > 10 || typeof value !== 'object' || value === null) return []
  const answer = isObject(value) ? value['radio_answer'] : undefined
  if (isObject(answer)) return [text(answer['name'])]
  return Object.values(value).flatMap((one) => radioAnswers(one, depth + 1))
}

/** FiftyOne's FiftyOneImageClassificationDataset: a list of classes, and the number of one for each file. */
function fiftyOne({ classes, labels }: JsonObject): TableRows | null {
  if (!Array.isArray(classes) || !isObject(labels)) return null
  const nameOf = (label: unknown): string =>
    text(typeof label === 'number' ? (classes[label] ?? label) : label)
  return [['file', 'label'], ...Object.entries(labels).map(([name, label]) => [name, nameOf(label)])]
}

/** cocodataset.org: the class of an image is the one category that its annotations have. */
function coco(value: JsonObject): TableRows | null {
  const { images, annotations, categories } = value
  if (!Array.isArray(images) || !Array.isArray(annotations)) return null
  const names = new Map(
    (Array.isArray(categories) ? categories : [])
      .filter(isObject)
      .map((one) => [text(one['id']), text(one['name'])]),
  )
  const labels = new Map<string, Set<string>>()
  for (const one of annotations.filter(isObject)) {
    const image = text(one['image_id'])
    const category = text(one['category_id'] ?? one['label'])
    const known = labels.get(image) ?? new Set()
    labels.set(image, known.add(names.get(category) ?? category))
  }
  return [
    ['file_name', 'label'],
    ...images
      .filter(isObject)
      .map((image) => [
        text(image['file_name'] ?? image['path'] ?? image['coco_url']),
        JSON.stringify([...(labels.get(text(image['id'])) ?? [])]),
      ]),
  ]
}

/** `{ "a.jpg": "cat" }`, `{ "cat": ["a.jpg", "b.jpg"] }`, or either of them one level down. */
function mapped(value: JsonObject): TableRows | null {
  const entries = Object.entries(value)
  if (entries.length === 0) return null
  if (entries.every(([, one]) => typeof one === 'string' || typeof one === 'number'))
    return [['file', 'label'], ...entries.map(([name, label]) => [name, text(label)])]
  if (entries.every(([, one]) => Array.isArray(one) && one.every((name) => typeof name === 'string')))
    return [
      ['file', 'label'],
      ...entries.flatMap(([label, names]) =>
        Array.isArray(names) ? names.map((name) => [text(name), label]) : [],
      ),
    ]
  if (entries.every(([, one]) => isObject(one)))
    return objects(entries.map(([name, one]) => (isObject(one) ? { file: name, ...one } : one)))
  const list = entries.map(([, one]) => one).find((one) => Array.isArray(one) && one.length > 0)
  return Array.isArray(list) ? rowsOfList(list) : null
}
