import { expect, test } from 'vitest'
import type { FromTraining, ToTraining } from '#lib/contracts/ipc.ts'
import type { TrainingChild } from '../ports.ts'
import { keepingProcesses } from './idle-process.ts'

type Listener = Parameters<TrainingChild['listen']>[0]

function opened() {
  const forked: { readonly sent: ToTraining[]; readonly signals: string[]; listener: Listener | null }[] = []
  let timer: (() => void) | null = null
  const processes = keepingProcesses(
    () => {
      const one: (typeof forked)[number] = { sent: [], signals: [], listener: null }
      forked.push(one)
      return {
        pid: forked.length,
        send: (message) => void one.sent.push(message),
        kill: (signal) => void one.signals.push(signal),
        listen: (on) => {
          one.listener = on
        },
      }
    },
    {
      after(_ms, then) {
        timer = then
        return () => {
          timer = null
        }
      },
    },
  )
  return { forked, processes, isTiming: () => timer !== null, pass: () => timer?.() }
}

const ready = { requested: 'auto', purpose: 'inference', engine: 'onnx' } as const

test('an idle process is given to the next work of its kind, and reports itself ready again', async () => {
  const { forked, processes, isTiming } = opened()
  processes.keep(processes.fork('auto', 'inference'), ready)

  const messages: FromTraining[] = []
  const child = processes.fork('auto', 'inference')
  child.listen({ message: (message) => messages.push(message), exit: () => undefined })
  await Promise.resolve()

  expect(child.pid).toBe(1)
  expect(forked).toHaveLength(1)
  expect(messages).toEqual([{ kind: 'ready', engine: 'onnx' }])
  expect(isTiming()).toBe(false)
})

test('a process that was idle twice reports itself ready once, so that its work does not start twice', async () => {
  const { processes } = opened()
  processes.keep(processes.fork('auto', 'inference'), ready)
  const second = processes.fork('auto', 'inference')
  second.listen({ message: () => undefined, exit: () => undefined })
  processes.keep(second, ready)

  const messages: FromTraining[] = []
  processes
    .fork('auto', 'inference')
    .listen({ message: (message) => messages.push(message), exit: () => undefined })
  await Promise.resolve()

  expect(messages).toEqual([{ kind: 'ready', engine: 'onnx' }])
})

test.each([
  [
    'other work needs another engine',
    (to: ReturnType<typeof opened>) => to.processes.fork('auto', 'training'),
  ],
  [
    'the start of a process is measured',
    (to: ReturnType<typeof opened>) => to.processes.forkNew('auto', 'inference'),
  ],
  ['it was not needed in time', (to: ReturnType<typeof opened>) => to.pass()],
  ['the worker ends', (to: ReturnType<typeof opened>) => to.processes.end()],
])('an idle process ends when %s', (_reason, happens) => {
  const context = opened()
  context.processes.keep(context.processes.fork('auto', 'inference'), ready)

  happens(context)

  expect(context.forked[0]!.signals).toEqual(['SIGTERM'])
  expect(context.isTiming()).toBe(false)
})

test('a process that died while it was idle is not given away', () => {
  const { forked, processes } = opened()
  processes.keep(processes.fork('auto', 'inference'), ready)
  forked[0]!.listener!.exit('SIGKILL')

  expect(processes.fork('auto', 'inference').pid).toBe(2)
})
