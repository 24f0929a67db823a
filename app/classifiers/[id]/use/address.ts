/** Whether other devices can reach an address. */

const LOOPBACK = /^(?:localhost|.+\.localhost|127(?:\.\d{1,3}){3}|\[::1\])$/

/** An address that leads to the device itself, wherever it is opened. */
export const isOnThisDeviceOnly = (address: string): boolean => LOOPBACK.test(new URL(address).hostname)
