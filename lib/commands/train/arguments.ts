/** The arguments of `npm run train`, as typed. plan.ts interprets them. */
export type TrainArguments = {
  readonly name: string
  readonly from?: string | undefined
  readonly recipe?: string | undefined
  readonly body?: string | undefined
  readonly base?: string | undefined
  readonly teacher?: readonly string[] | undefined
  readonly epochs?: string | undefined
  readonly seed?: string | undefined
  readonly out?: string | undefined
  readonly engine?: string | undefined
  readonly resume: boolean
  readonly plan: boolean
  readonly ship: boolean
}
