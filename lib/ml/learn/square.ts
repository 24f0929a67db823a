/** The side and channels of a packed square of bytes. */
export type Square = { readonly size: number; readonly channels: number }
