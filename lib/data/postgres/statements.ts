/** Statements of PostgreSQL, by subject; like ../sqlite/statements.ts. Loaded only where DATABASE_URL is set. */
import type { PostgresConnection } from '../database/postgres/connection.ts'
import type { Statements } from '../statements.ts'
import { accessStatements } from './access-statements.ts'
import { bulkStatements } from './bulk-statements.ts'
import { classifierStatements } from './classifier-statements.ts'
import { deletionStatements } from './deletion-statements.ts'
import { hostStatements } from './host-statements.ts'
import { imageStatements } from './image-statements.ts'
import { listStatements } from './list-statements.ts'
import { pendingWorkOf } from './pending-work.ts'
import { predictionStatements } from './prediction-statements.ts'
import { processStatements } from './process-statements.ts'
import { queueStatements } from './queue-statements.ts'
import { sampleStatements } from './sample-statements.ts'
import { versionStatements } from './version-statements.ts'

export const postgresStatements = (connection: PostgresConnection): Statements => ({
  access: accessStatements(connection),
  bulk: bulkStatements(),
  classifiers: classifierStatements(connection),
  deletion: deletionStatements(connection),
  hosts: hostStatements(connection),
  images: imageStatements(connection),
  lists: listStatements(),
  pending: pendingWorkOf(connection),
  predictions: predictionStatements(connection),
  processes: processStatements(connection),
  queue: queueStatements(connection),
  samples: sampleStatements(connection),
  versions: versionStatements(connection),
})
