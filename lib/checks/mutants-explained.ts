/** Changes of lib/domain that no test can notice, each with the reason: a list for mutants.ts. Whoever changes
 *  such a line changes its entry, which else explains nothing. */

export type UnnoticeableChange = {
  readonly file: string
  /** As `npm run check:mutants` prints the change. */
  readonly from: string
  readonly to: string
  readonly why: string
}

export const EXPLAINED: readonly UnnoticeableChange[] = []
