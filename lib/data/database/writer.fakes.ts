/**
 * For tests: a process that writes rows as fast as it can, in every available way, and reports which were
 * acknowledged. Arguments: database file, first number, how many.
 */
import { prismaAdapter } from './adapter.ts'
import { connect } from './connection.ts'
import { PrismaClient } from '../generated/client.ts'

const [file = '', first = '0', count = '0'] = process.argv.slice(2)
const connection = connect(file)
const prisma = new PrismaClient({ adapter: prismaAdapter(connection) })

for (let i = Number(first); i < Number(first) + Number(count); i++) {
  const person = {
    id: String(i),
    name: `person ${i}`,
    email: `${i}@example.org`,
    role: 'editor',
    passwordHash: 'none',
    createdAt: new Date(0),
    isDisabled: false,
    sessionsFrom: new Date(0),
  }
  if (i % 3 === 0) await connection.write((writing) => writing.insert('Person', person))
  else if (i % 3 === 1) await prisma.person.create({ data: person })
  else
    await prisma.$transaction(async (transaction) => {
      // reads before it writes: a deferred transaction fails here when another process wrote in between
      await transaction.person.count()
      await transaction.person.create({ data: person })
    })
  process.send?.(i)
}
await prisma.$disconnect()
connection.close()
process.disconnect()
