/** For a test: what schema-facts.fakes.ts says of a schema, of a PostgreSQL database, in the same words. */
import { MIGRATIONS_TABLE } from '../migrations.ts'
import type { PostgresConnection } from './connection.ts'

const SQL_TYPE: Readonly<Record<string, string>> = {
  text: 'TEXT',
  integer: 'INTEGER',
  'double precision': 'REAL',
  boolean: 'BOOLEAN',
  'timestamp(3) without time zone': 'DATETIME',
  bytea: 'BLOB',
}
const ON_DELETE: Readonly<Record<string, string>> = { c: 'CASCADE', n: 'SET NULL', r: 'RESTRICT' }

export async function factsOfPostgres({ all }: PostgresConnection): Promise<ReadonlySet<string>> {
  const columns = await all<{
    table: string
    name: string
    type: string
    required: boolean
    order: string | null
  }>(
    `SELECT c.relname AS "table", a.attname AS "name", format_type(a.atttypid, a.atttypmod) AS "type",
       a.attnotnull AS "required", o.collname AS "order"
     FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid LEFT JOIN pg_collation o ON o.oid = a.attcollation
     WHERE c.relnamespace = 'public'::regnamespace AND c.relkind = 'r' AND a.attnum > 0 AND NOT a.attisdropped`,
  )
  const indexes = await all<{ table: string; kind: string; columns: string }>(
    `SELECT c.relname AS "table", CASE WHEN i.indisprimary THEN 'id' WHEN i.indisunique THEN 'unique' ELSE 'index' END
       AS "kind", (SELECT string_agg(a.attname, ', ' ORDER BY k.nth)
         FROM unnest(i.indkey) WITH ORDINALITY AS k(num, nth) JOIN pg_attribute a
           ON a.attrelid = c.oid AND a.attnum = k.num) AS "columns"
     FROM pg_index i JOIN pg_class c ON c.oid = i.indrelid WHERE c.relnamespace = 'public'::regnamespace`,
  )
  const references = await all<{ table: string; from: string; to: string; key: string; rule: string }>(
    `SELECT c.relname AS "table", a.attname AS "from", p.relname AS "to", k.attname AS "key", f.confdeltype AS "rule"
     FROM pg_constraint f JOIN pg_class c ON c.oid = f.conrelid JOIN pg_class p ON p.oid = f.confrelid
       JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum = f.conkey[1]
       JOIN pg_attribute k ON k.attrelid = p.oid AND k.attnum = f.confkey[1]
     WHERE f.contype = 'f'`,
  )
  return new Set([
    ...columns
      .filter(({ table }) => table !== MIGRATIONS_TABLE)
      .map(
        ({ table, name, type, required, order }) =>
          `${table}: column ${name} ${SQL_TYPE[type] ?? type}` +
          (type === 'text' && order !== 'C' ? ` in the order ${order}` : '') +
          (required ? ' NOT NULL' : ''),
      ),
    ...indexes
      .filter(({ table }) => table !== MIGRATIONS_TABLE)
      .map(({ table, kind, columns: of }) => `${table}: ${kind} ${of}`),
    ...references.map(
      ({ table, from, to, key, rule }) =>
        `${table}: ${from} references ${to} ${key} on delete ${ON_DELETE[rule] ?? rule}`,
    ),
  ])
}
