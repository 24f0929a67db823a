/** Logs refused predictions in one line for all since the last: a client that sends too much must not fill the log. */
import type { Admission } from './admission.ts'

/** To be called now and again. */
export function createRefusalLog(
  admission: Pick<Admission, 'figures'>,
  log: (level: 'warn', message: string) => void,
): () => void {
  let logged = 0
  return () => {
    const { refused, running, limit } = admission.figures()
    const more = refused - logged
    logged = refused
    if (more > 0)
      log('warn', `${more} predictions were refused: ${running} are in progress, and the limit is ${limit}`)
  }
}
