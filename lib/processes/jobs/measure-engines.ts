/** The order in which a training process tries the engines on this machine, with the measurement by processes of their
 *  own. */
import { availableParallelism, cpus } from 'node:os'
import path from 'node:path'
import { forkChild } from '#lib/children/fork.ts'
import type { EngineRateMessage } from '#lib/contracts/ipc.ts'
import type { EngineName } from '#lib/domain/classifier.ts'
import { orderFor, probeEngines } from '#lib/engines/open-engine.ts'
import { trainingOrder } from '#lib/training/probe/training-order.ts'
import { engineEnvironment, inheritedFlags } from '../start/environment.ts'
import { VERSION } from '../settings.ts'

const ENTRY = path.join(import.meta.dirname, '../engine-rate.ts')
/** An engine that takes longer than this to open and to make a few steps does not train here. */
const LONGEST_MS = 30_000
/** WebAssembly is never faster than these. */
const RIVALS: readonly EngineName[] = ['onnx', 'tfjs-node']

/** @param file where it is remembered */
export const measuredOrder = (file: string): Promise<readonly EngineName[]> =>
  trainingOrder({
    file,
    machine: `${cpus()[0]?.model.trim() ?? process.arch}, ${availableParallelism()} cores, ${VERSION}`,
    usual: orderFor('training'),
    rivals: RIVALS.filter((name) => probeEngines().some((probe) => probe.name === name && probe.available)),
    measure: rateOf,
  })

function rateOf(name: EngineName): Promise<number | null> {
  const child = forkChild<never, EngineRateMessage>({
    entry: ENTRY,
    args: [name],
    env: engineEnvironment(availableParallelism()),
    flags: inheritedFlags(),
    stdout: 'ignore',
    onLine: () => undefined, // why it cannot train, opening it says
  })
  return new Promise((resolve) => {
    let rate: number | null = null
    const timer = setTimeout(() => child.kill('SIGKILL'), LONGEST_MS)
    child.listen({
      message: (message) => {
        rate = message.rate
      },
      exit: () => {
        clearTimeout(timer)
        resolve(rate)
      },
    })
  })
}
