/** The server of tests that run on PostgreSQL (TEST_DATABASE=postgresql): started once before all of them, and ended
 *  after them. Loaded by vitest. */
import { startThrowawayPostgres } from '#lib/processes/throwaway/throwaway-postgres.ts'

export default async function startServer(): Promise<(() => Promise<void>) | undefined> {
  if (process.env['TEST_DATABASE'] !== 'postgresql') return undefined
  const server = await startThrowawayPostgres()
  process.env['TEST_DATABASE_SERVER'] = server.createDatabase('tests')
  return async () => {
    await server[Symbol.asyncDispose]()
  }
}
