/**
 * A process that draws the first images and ends. Drawing and storing 3,600 of them leaves 70 MB of
 * fragmented memory, which the worker would otherwise keep as long as it lives.
 */
import { leaveSignalsToParent } from '#lib/children/run-child.ts'
import { composeData } from './compose/compose-data.ts'
import { drawFirstImages } from './start/seed-images.ts'
import { endWhenUncaught } from '#lib/children/last-resort.ts'
import { openLogOf } from './process-log.ts'
import { readStart } from './settings.ts'

const start = readStart()
const log = openLogOf(start, 'worker')
const leaving = new AbortController()
process.on('SIGTERM', () => leaving.abort())
process.on('disconnect', () => leaving.abort())
leaveSignalsToParent()

const opening = composeData(start)
endWhenUncaught({
  report: (message, about) => log('error', message, about),
  end: () => opening.then((opened) => opened.close()),
})
const data = await opening
try {
  await drawFirstImages(data, { maxPixels: start.settings.MAX_PIXELS, log, signal: leaving.signal })
} catch (error) {
  if (!leaving.signal.aborted) log('error', 'The images of "shapes" could not be generated', { error })
} finally {
  await data.close()
}
process.exit(0)
