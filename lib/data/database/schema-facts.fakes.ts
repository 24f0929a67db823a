/** For a test: where prisma/schema.prisma and the migrated database disagree, down to types, indexes and
 *  references, which `npm run db:diff` leaves out. Reads only what our schema uses of Prisma's language:
 *  anything else is refused. */
import { readFileSync } from 'node:fs'
import { DatabaseSync } from 'node:sqlite'

/** One sentence-like line for each column, key, index and reference: two lists of them are compared as sets. */
type Facts = ReadonlySet<string>

const SQL_TYPE: Readonly<Record<string, string>> = {
  String: 'TEXT',
  Int: 'INTEGER',
  Float: 'REAL',
  Boolean: 'BOOLEAN',
  DateTime: 'DATETIME',
  Bytes: 'BLOB',
}
const SQL_ACTION: Readonly<Record<string, string>> = {
  Cascade: 'CASCADE',
  SetNull: 'SET NULL',
  Restrict: 'RESTRICT',
}

/** Empty when both say the same. */
export function differences(schemaFile: string, databaseFile: string): readonly string[] {
  const required = factsOfSchema(readFileSync(schemaFile, 'utf8'))
  const found = factsOfDatabase(databaseFile)
  return [
    ...[...required].filter((fact) => !found.has(fact)).map((fact) => `only in schema.prisma: ${fact}`),
    ...[...found].filter((fact) => !required.has(fact)).map((fact) => `only in the migrations: ${fact}`),
  ]
}

export function factsOfSchema(text: string): Facts {
  const models = [...text.matchAll(/^model (\w+) \{\n([\s\S]*?)^\}/gm)].map(([, name = '', body = '']) => ({
    name,
    table: /@@map\("(\w+)"\)/.exec(body)?.[1] ?? name,
    body: storedNames(body),
  }))
  const tables = new Map(models.map(({ name, table }) => [name, table]))
  const facts = new Set<string>()
  for (const { table, body } of models) {
    for (const line of body
      .split('\n')
      .map((l) => l.trim())
      .filter((l) => l !== '' && !l.startsWith('//'))) {
      for (const fact of line.startsWith('@@')
        ? factsOfBlock(table, line)
        : factsOfField(table, line, tables))
        facts.add(fact)
    }
  }
  return facts
}

/** The body of a model with the names of its columns in place of those that @map gives to its fields. */
function storedNames(body: string): string {
  const renamed = [...body.matchAll(/^\s*(\w+).* @map\("(\w+)"\)$/gm)]
  return renamed.reduce(
    (text, [, field = '', column = '']) => text.replaceAll(new RegExp(`(?<![@\\w])${field}\\b`, 'g'), column),
    body.replace(/^\s*@@map\(.*\)$/m, '').replace(/ +@map\("\w+"\)$/gm, ''),
  )
}

function factsOfBlock(table: string, line: string): readonly string[] {
  const [, kind, columns = ''] = /^@@(id|unique|index)\(\[([\w, ]+)\]\)$/.exec(line) ?? []
  if (kind === undefined) throw new Error(`schema.prisma: "${line}" of ${table} is not understood here.`)
  return [`${table}: ${kind} ${columns}`]
}

function factsOfField(table: string, line: string, tables: ReadonlyMap<string, string>): readonly string[] {
  const [, field = '', type = '', mark = '', rest = ''] = /^(\w+)\s+(\w+)(\?|\[\])?\s*(.*)$/.exec(line) ?? []
  const target = tables.get(type)
  if (target !== undefined) {
    if (!rest.includes('fields:')) return []
    const [, from, to, action = ''] =
      /fields: \[(\w+)\], references: \[(\w+)\], onDelete: (\w+)\)$/.exec(rest) ?? []
    const onDelete = SQL_ACTION[action]
    if (onDelete === undefined)
      throw new Error(`schema.prisma: "${line}" of ${table} is not understood here.`)
    return [`${table}: ${from} references ${target} ${to} on delete ${onDelete}`]
  }
  const sqlType = SQL_TYPE[type]
  const unknown = rest.replace(/@id|@unique|@default\(autoincrement\(\)\)/g, '').trim()
  if (sqlType === undefined || unknown !== '')
    throw new Error(`schema.prisma: "${line}" of ${table} is not understood here.`)
  return [
    `${table}: column ${field} ${sqlType}${mark === '?' ? '' : ' NOT NULL'}`,
    ...(rest.includes('@id') ? [`${table}: id ${field}`] : []),
    ...(rest.includes('@unique') ? [`${table}: unique ${field}`] : []),
  ]
}

export function factsOfDatabase(file: string): Facts {
  const database = new DatabaseSync(file, { readOnly: true })
  try {
    const facts = new Set<string>()
    const rows = (sql: string, ...values: string[]) => database.prepare(sql).all(...values)
    for (const { name } of rows(
      `SELECT "name" FROM sqlite_master WHERE "type" = 'table' AND "name" NOT LIKE 'sqlite\\_%' ESCAPE ` +
        `'\\' AND "name" <> '_migrations'`,
    )) {
      const table = String(name)
      const columns = rows('SELECT * FROM pragma_table_info(?) ORDER BY "pk"', table)
      for (const column of columns) {
        const required = column.notnull === 1 || column.pk !== 0 ? ' NOT NULL' : ''
        facts.add(`${table}: column ${String(column.name)} ${String(column.type)}${required}`)
      }
      facts.add(
        `${table}: id ${columns
          .filter((column) => column.pk !== 0)
          .map((column) => String(column.name))
          .join(', ')}`,
      )
      for (const index of rows(`SELECT * FROM pragma_index_list(?) WHERE "origin" <> 'pk'`, table)) {
        const of = rows('SELECT "name" FROM pragma_index_info(?) ORDER BY "seqno"', String(index.name))
          .map((column) => String(column.name))
          .join(', ')
        facts.add(`${table}: ${index.unique === 1 ? 'unique' : 'index'} ${of}`)
      }
      for (const key of rows('SELECT * FROM pragma_foreign_key_list(?)', table))
        facts.add(
          `${table}: ${String(key.from)} references ${String(key.table)} ${String(key.to)} on delete ` +
            `${String(key.on_delete)}`,
        )
    }
    return facts
  } finally {
    database.close()
  }
}
