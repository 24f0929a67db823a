/** For tests: a process that writes rows as fast as it can and says which were acknowledged. Arguments: database file, first number, how many. */
import path from 'node:path'
import { openData } from './open.ts'

const [file = '', first = '0', count = '0'] = process.argv.slice(2)
const folder = path.dirname(file)
const data = await openData({ databaseFile: file, dataDir: folder, modelsDir: folder, clock: { now: () => Date.now() } })
for (let i = Number(first); i < Number(first) + Number(count); i++) {
  await data.people.create({ name: `person ${i}`, email: `${i}@example.org`, role: 'user', passwordHash: 'none' })
  if (i % 4 === 0) await data.uploads.change((await data.uploads.begin('fruit')).id, { state: 'done', files: i })
  process.send?.(i)
}
await data.close()
process.disconnect()
