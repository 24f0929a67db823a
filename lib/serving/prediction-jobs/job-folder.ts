/** Where the images of prediction jobs are. */
import path from 'node:path'

/** In DATA_DIR. */
export const JOBS_FOLDER = 'prediction-jobs'

/** Of one job. */
export const folderOf = (dataDir: string, id: string): string => path.join(dataDir, JOBS_FOLDER, id)
