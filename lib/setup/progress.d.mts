export function secondsSince(since: number): string
export function say(line: string): void
export function step<T>(title: string, work: () => Promise<T>, progress?: () => string): Promise<T>
export class SetupError extends Error {}
