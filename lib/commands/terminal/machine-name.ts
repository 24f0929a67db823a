/** The machine in one line, for figures that depend on it. */
import { availableParallelism, cpus } from 'node:os'

export const machineName = (): string =>
  `${cpus()[0]?.model.trim() ?? process.arch}, ${availableParallelism()} cores`
