import { connect } from 'node:net'

/** All that is received until the connection ends. What is sent later goes out as soon as something was answered,
 *  each in a packet of its own. */
export function exchange(port: number, sent: string, ...later: string[]): Promise<string> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1', () => socket.write(sent))
    let output = ''
    socket.on('data', (chunk) => {
      output += chunk.toString('latin1')
      const next = later.shift()
      if (next !== undefined) socket.write(next)
    })
    socket.on('error', () => {})
    socket.on('close', () => resolve(output))
  })
}
