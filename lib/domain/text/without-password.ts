/** The URL of a database, without the password that it may contain. */
export const withoutPassword = (url: string): string =>
  url.replace(/^(postgres(?:ql)?:\/\/[^:@/]*):[^/]*@/, '$1@').replace(/([?&](?:ssl)?password=)[^&]*/g, '$1')
