/** The tables of a PostgreSQL database, as its catalogue describes them. */
import type { PostgresConnection } from './connection.ts'
import { MIGRATIONS_TABLE } from '../migrations.ts'

export type Table = {
  readonly name: string
  /** Column → type, such as `timestamp(3) without time zone`. */
  readonly columns: ReadonlyMap<string, string>
  readonly key: readonly string[]
  /** Of its column "id"; null: none. */
  readonly sequence: string | null
}

type Row = {
  readonly name: string
  readonly columns: Readonly<Record<string, string>>
  readonly key: readonly string[]
  readonly sequence: string | null
  readonly parents: readonly string[]
}

/** Each after those that it refers to. */
export async function tablesOf(connection: PostgresConnection): Promise<readonly Table[]> {
  const rows = await connection.all<Row>(
    `SELECT c.relname::text AS "name",
       (SELECT json_object_agg(a.attname, format_type(a.atttypid, a.atttypmod) ORDER BY a.attnum) FROM pg_attribute a
         WHERE a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped) AS "columns",
       ARRAY(SELECT a.attname::text FROM pg_index i CROSS JOIN unnest(i.indkey) WITH ORDINALITY AS k(num, nth)
         JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum = k.num
         WHERE i.indrelid = c.oid AND i.indisprimary ORDER BY k.nth) AS "key",
       (SELECT pg_get_serial_sequence(c.oid::regclass::text, 'id') FROM pg_attribute a
         WHERE a.attrelid = c.oid AND a.attname = 'id' AND NOT a.attisdropped) AS "sequence",
       ARRAY(SELECT DISTINCT p.relname::text FROM pg_constraint f JOIN pg_class p ON p.oid = f.confrelid
         WHERE f.conrelid = c.oid AND f.contype = 'f' AND p.oid <> c.oid) AS "parents"
     FROM pg_class c WHERE c.relnamespace = current_schema()::regnamespace AND c.relkind = 'r' AND c.relname <> $1
     ORDER BY 1`,
    MIGRATIONS_TABLE,
  )
  const sorted: Row[] = []
  const remaining = new Map(rows.map((row) => [row.name, row]))
  while (remaining.size > 0) {
    const ready = [...remaining.values()].filter(
      ({ parents }) => !parents.some((name) => remaining.has(name)),
    )
    if (ready.length === 0)
      throw new Error(`Tables refer to each other: ${[...remaining.keys()].join(', ')}.`)
    sorted.push(...ready)
    for (const { name } of ready) remaining.delete(name)
  }
  return sorted.map(({ name, columns, key, sequence }) => ({
    name,
    columns: new Map(Object.entries(columns)),
    key,
    sequence,
  }))
}
