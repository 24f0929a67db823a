import { once } from 'node:events'
import { Worker } from 'node:worker_threads'
import { expect, test } from 'vitest'
import { familyOf } from './process-family.ts'

test.skipIf(process.platform !== 'linux')(
  'a process started by another thread belongs to the family',
  async () => {
    const worker = new Worker(
      `const { spawn } = require('node:child_process')
     const { parentPort } = require('node:worker_threads')
     const child = spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)'])
     parentPort.once('message', () => { child.kill(); child.once('exit', () => process.exit()) })
     parentPort.postMessage(child.pid)`,
      { eval: true },
    )
    const [pid] = (await once(worker, 'message')) as [number]

    const family = familyOf(process.pid).map((one) => one.pid)
    worker.postMessage('end')
    await once(worker, 'exit')

    expect(family).toContain(pid)
    expect(family).toContain(process.pid)
  },
)
