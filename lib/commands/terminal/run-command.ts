/** The last line of a command: runs it and sets the exit code. An error meant for the user is printed in one sentence,
 *  any other with its stack. */
import { isDarkroomError } from '#lib/domain/errors.ts'

export async function runCommand(main: () => Promise<number>): Promise<void> {
  process.exitCode = await main().catch((error: unknown) => {
    console.error(isForUser(error) ? error.message : error)
    return 1
  })
}

/** parseArgs throws a TypeError with a code for an unknown or incomplete option. */
const isForUser = (error: unknown): error is Error =>
  isDarkroomError(error) || (error instanceof TypeError && 'code' in error)
