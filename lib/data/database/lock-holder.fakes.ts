/**
 * For tests: a separate program that keeps the database locked, as a backup or an SQLite shell does. It
 * prints `held`, and ends with its parent's channel. Arguments: database file, how to begin.
 */
import { DatabaseSync } from 'node:sqlite'

const [file = '', begin = 'BEGIN IMMEDIATE'] = process.argv.slice(2)
const database = new DatabaseSync(file, { timeout: 30_000 })
database.exec(begin)
process.send?.('held')
process.on('disconnect', () => {
  if (database.isTransaction) database.exec('ROLLBACK')
  database.close()
})
process.on('message', () => process.disconnect())
