/**
 * Lets one process at a time prepare a folder: two that install or build at once would break each other's
 * work. It is not a lock across machines, and a dead holder does not hold it.
 */
import { openSync, closeSync, readFileSync, rmSync, writeSync } from 'node:fs'
import { setTimeout as pause } from 'node:timers/promises'
import { say } from './progress.mjs'

const RETRY_MS = 200

/** @template T @param {string} file names the holder by its process id @param {() => Promise<T>} work
 *  @returns {Promise<T>} */
export async function alone(file, work) {
  for (let hasAnnounced = false; !take(file); hasAnnounced = true) {
    if (!hasAnnounced) say('… another command is preparing this folder; waiting for it')
    await pause(RETRY_MS)
  }
  try {
    return await work()
  } finally {
    rmSync(file, { force: true })
  }
}

/** @param {string} file @returns {boolean} whether it is ours now */
export function take(file) {
  try {
    const handle = openSync(file, 'wx')
    writeSync(handle, String(process.pid))
    closeSync(handle)
    return true
  } catch (error) {
    if (error.code !== 'EEXIST') throw error
    if (!isAlive(holderOf(file))) rmSync(file, { force: true })
    return false
  }
}

function holderOf(file) {
  try {
    return Number(readFileSync(file, 'utf8'))
  } catch {
    return 0
  }
}

function isAlive(pid) {
  if (pid === 0) return true // just created: its holder has not yet written its id
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    return error.code === 'EPERM'
  }
}
