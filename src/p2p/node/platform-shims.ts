type Resolvers = {
  promise: Promise<unknown>
  resolve(value: unknown): void
  reject(cause: unknown): void
}

/** What libp2p needs and older platforms lack: `Promise.withResolvers` (Node 20, Safari before 17.4). */
function withResolvers(): Resolvers {
  const resolvers: Partial<Resolvers> = {}
  const promise = new Promise<unknown>((resolve, reject) => Object.assign(resolvers, { resolve, reject }))
  return Object.assign({ resolve: () => undefined, reject: () => undefined }, resolvers, { promise })
}

if (!('withResolvers' in Promise)) Object.assign(Promise, { withResolvers })
