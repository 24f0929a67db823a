import { DatabaseSync } from 'node:sqlite'
import path from 'node:path'
import { expect, test } from 'vitest'
import { copyOfTemplate, folderForTest } from '../opened.fakes.ts'
import { differences, factsOfSchema } from './schema-facts.fakes.ts'

const SCHEMA = path.join(import.meta.dirname, '../../../prisma/schema.prisma')

test('schema.prisma and the migrations say the same', () => {
  expect(differences(SCHEMA, copyOfTemplate(folderForTest()))).toEqual([])
  expect(factsOfSchema('model A {\n  id String @id\n}')).toEqual(
    new Set(['A: column id TEXT NOT NULL', 'A: id id']),
  )
})

test.each([
  [
    'a column that only the migrations know',
    'ALTER TABLE "Person" ADD COLUMN "age" INTEGER',
    ['only in the migrations: Person: column age INTEGER'],
  ],
  [
    'an index that nothing made',
    'DROP INDEX "Sample_hash_idx"',
    ['only in schema.prisma: Sample: index hash'],
  ],
  [
    'an index that is not unique',
    'DROP INDEX "Person_email_key"; CREATE INDEX "p" ON "Person" ("email")',
    ['only in schema.prisma: Person: unique email', 'only in the migrations: Person: index email'],
  ],
  [
    'a table too many',
    'CREATE TABLE "Key" ("id" TEXT PRIMARY KEY)',
    ['only in the migrations: Key: column id TEXT NOT NULL', 'only in the migrations: Key: id id'],
  ],
])('%s is found', (_story, sql, found) => {
  const file = copyOfTemplate(folderForTest())
  const database = new DatabaseSync(file)
  database.exec(sql)
  database.close()

  expect(differences(SCHEMA, file)).toEqual(found)
})

test('a mapped model or field is compared by the name of its table or column', () => {
  const schema =
    'model A {\n  id String @id @map("key")\n  b Int @map("c")\n\n  @@index([b, id])\n  @@map("T")\n}'

  expect(factsOfSchema(schema)).toEqual(
    new Set(['T: column key TEXT NOT NULL', 'T: id key', 'T: column c INTEGER NOT NULL', 'T: index c, key']),
  )
})

test('a word of Prisma that is not understood is refused, not skipped', () => {
  expect(() => factsOfSchema('model A {\n  id String @id @db.Char\n}')).toThrow(
    '"id String @id @db.Char" of A is not understood',
  )
})
