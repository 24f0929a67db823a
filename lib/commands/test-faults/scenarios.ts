/**
 * The list of fault scenarios, as data: their names, descriptions, and the forms in which they run. Their
 * own files implement them.
 */
import { existsSync } from 'node:fs'
import { backupUnderLoad } from './backup-under-load.ts'
import { brokenVersion } from './broken-version.ts'
import { heldConnections, oddRequests, slowSenders } from './connections.ts'
import { withoutControlGroup } from './control-group.ts'
import { deletedImages } from './deleted-images.ts'
import { fullDisk, fullDiskDuringTraining } from './full-disk.ts'
import { imageBombs } from './image-bombs.ts'
import type { Scenario } from './fault-scenario.ts'
import { killedTrainings } from './killed-training.ts'
import { killedUploads } from './killed-uploads.ts'
import { killsAtWork } from './kills-at-work.ts'
import { kills, restarts } from './kills.ts'
import { lockedDatabase } from './locked-database.ts'
import { lostFiles } from './lost-files.ts'
import { smallMachine } from './small-machine.ts'
import { overload } from './overload.ts'
import { storedBombs } from './stored-bombs.ts'
import { withoutSmallDisk } from './small-disk.ts'
import { unresponsiveWorker } from './unresponsive-worker.ts'

const withoutProc = (): string | null =>
  existsSync('/proc/self/stat') ? null : 'it watches processes through /proc, which exists only on Linux'

const firstOf =
  (...lacks: readonly (() => string | null)[]) =>
  (): string | null => {
    for (const lack of lacks) {
      const because = lack()
      if (because !== null) return because
    }
    return null
  }

const BOTH = ['short', 'long'] as const
const LONG = ['long'] as const

export const SCENARIOS: readonly Scenario[] = [
  { name: 'odd', is: 'requests that no client should send', in: BOTH, run: oddRequests },
  { name: 'backup', is: 'a backup under load, restored elsewhere', in: LONG, run: backupUnderLoad },
  { name: 'deletion', is: 'images deleted permanently', in: LONG, run: deletedImages },
  { name: 'files', is: 'files of stored images are deleted or replaced', in: BOTH, run: lostFiles },
  {
    name: 'bombs',
    is: 'images that are small to send and large to decode',
    in: BOTH,
    lacks: withoutProc,
    run: imageBombs,
  },
  {
    name: 'stored-bombs',
    is: 'pages and archives that show stored images which are large to decode',
    in: BOTH,
    lacks: withoutProc,
    run: storedBombs,
  },
  {
    name: 'kills',
    is: 'kill −9 of every kind of process at random moments under load',
    in: BOTH,
    lacks: withoutProc,
    run: kills,
  },
  {
    name: 'kills-at-work',
    is: 'kill −9 during uploads, batches, prediction jobs and backups',
    in: LONG,
    lacks: withoutProc,
    run: killsAtWork,
  },
  {
    name: 'uploads',
    is: 'kill −9 in the middle of a large upload, which is then sent again',
    in: LONG,
    lacks: withoutProc,
    run: killedUploads,
  },
  {
    name: 'restarts',
    is: 'the same process is killed five times in a row',
    in: BOTH,
    lacks: withoutProc,
    run: restarts,
  },
  {
    name: 'worker',
    is: 'the worker does not respond',
    in: BOTH,
    lacks: withoutProc,
    run: unresponsiveWorker,
  },
  {
    name: 'version',
    is: 'the files of the live version are damaged',
    in: BOTH,
    lacks: withoutProc,
    run: brokenVersion,
  },
  {
    name: 'lock',
    is: 'another process locks the database',
    in: BOTH,
    lacks: withoutProc,
    run: lockedDatabase,
  },
  { name: 'disk', is: 'the disk is full', in: BOTH, lacks: withoutSmallDisk, run: fullDisk },
  { name: 'overload', is: 'more predictions than the machine can make', in: LONG, run: overload },
  {
    name: 'disk-training',
    is: 'the disk is full during a training run',
    in: LONG,
    lacks: withoutSmallDisk,
    run: fullDiskDuringTraining,
  },
  {
    name: 'training',
    is: 'training processes are killed at random moments',
    in: LONG,
    lacks: withoutProc,
    run: killedTrainings,
  },
  {
    name: 'connections',
    is: 'hundreds of idle connections and event streams',
    in: LONG,
    lacks: withoutProc,
    run: heldConnections,
  },
  { name: 'slow', is: 'clients that are slow or silent', in: LONG, run: slowSenders },
  {
    name: 'half-gigabyte',
    is: 'image bombs within 512 MB',
    in: LONG,
    lacks: firstOf(withoutProc, withoutControlGroup),
    run: smallMachine,
  },
]
