/** Opens the database of the product and everything that is read from it and written to it. Not a place for rules: those are in lib/domain. */
import type { Data, DataSettings } from './data.ts'

/** Migrates, then opens. One per process; end it with `close()`. */
export declare function openData(settings: DataSettings): Promise<Data>
