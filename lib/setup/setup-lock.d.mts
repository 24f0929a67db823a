export function alone<T>(file: string, work: () => Promise<T>): Promise<T>
export function take(file: string): boolean
