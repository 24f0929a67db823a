/**
 * Reads from a Prisma schema what a database can show: tables, columns, keys and optional columns. It does
 * not parse all of Prisma's language: models, enums, @map, @@map, @id and @@id are enough.
 */

export type Columns = ReadonlyMap<string, 'key' | 'required' | 'optional'>

/** `table.column` → its kind. */
export function columnsOfSchema(schema: string): Columns {
  const blocks = [
    ...schema.replace(/\/\/.*$/gm, '').matchAll(/^[ \t]*(model|enum)\s+(\w+)\s*\{([^]*?)^[ \t]*\}/gm),
  ]
  const models = new Set(blocks.filter(([, kind]) => kind === 'model').map(([, , name]) => name))
  return new Map(
    blocks
      .filter(([, kind]) => kind === 'model')
      .flatMap(([, , name = '', body = '']) => columnsOfModel(name, body, models)),
  )
}

function columnsOfModel(model: string, body: string, models: ReadonlySet<string | undefined>) {
  const table = /@@map\("([^"]+)"\)/.exec(body)?.[1] ?? model
  const keys =
    /@@id\(\[([^\]]+)\]/
      .exec(body)?.[1]
      ?.split(',')
      .map((key) => key.trim()) ?? []
  return body.split('\n').flatMap((line) => {
    const field = /^\s*(\w+)\s+(\w+)(\[\])?(\?)?/.exec(line)
    if (!field) return []
    const [, name = '', type, isList, isOptional] = field
    if (isList || models.has(type)) return [] // a relation is not a column
    const column = /@map\("([^"]+)"\)/.exec(line)?.[1] ?? name
    const isKey = /(^|\s)@id\b/.test(line) || keys.includes(name)
    const presence = isOptional ? 'optional' : 'required'
    return [[`${table}.${column}`, isKey ? 'key' : presence] as const]
  })
}
