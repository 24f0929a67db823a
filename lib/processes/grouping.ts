/** A child that compares the images of one classifier, and exits. It gets their fingerprints, and opens no data. */
import { constants, setPriority } from 'node:os'
import { endWhenUncaught, reportOnStderr } from '#lib/children/last-resort.ts'
import { runChild } from '#lib/children/run-child.ts'
import type { GroupingMessage, GroupingRequest } from '#lib/contracts/ipc.ts'
import { searchHere } from '#lib/ingest/link-search.ts'

endWhenUncaught({ report: reportOnStderr })
setPriority(constants.priority.PRIORITY_BELOW_NORMAL) // predictions go first
await runChild<GroupingRequest, GroupingMessage>((say) => {
  const search = searchHere(new AbortController().signal)
  return {
    ready: {},
    hear: (message) => {
      if (message.kind === 'add') search.add(message.images)
      else
        void search
          .find()
          .then((links) => say({ kind: 'links', links }, () => process.connected && process.disconnect()))
    },
  }
})
