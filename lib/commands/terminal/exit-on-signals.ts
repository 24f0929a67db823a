/** For commands that leave something behind when they are killed: a signal becomes a clean exit, at which it is
 *  removed. */

export function exitOnSignals(): void {
  for (const [signal, code] of [
    ['SIGINT', 130],
    ['SIGTERM', 143],
  ] as const)
    process.once(signal, () => process.exit(code))
}
