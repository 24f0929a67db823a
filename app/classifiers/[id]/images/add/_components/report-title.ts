/** What the report of an upload is called, in its heading and for a screen reader. Pure. */

/** Each of several reports has a name of its own. */
export const reportTitle = (i: number, count: number): string =>
  count === 1 ? 'Report of the upload' : `Report of the upload, ${i + 1} of ${count}`
