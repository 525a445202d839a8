import './platform-shims.ts'

/**
 * libp2p's WebRTC dialer waits for `open` and `close` of a channel named `init` after they may have fired, and then
 * hangs until its timeout. Such a late listener is told of the past event.
 */
function repeatPastEvents(channel: RTCDataChannel): RTCDataChannel {
  const past = new Set<string>()
  const listen: EventTarget['addEventListener'] = channel.addEventListener.bind(channel)
  for (const name of ['open', 'close']) listen(name, () => past.add(name))
  const addEventListener: typeof listen = (name, ...rest) => {
    listen(name, ...rest)
    if (past.has(name)) queueMicrotask(() => channel.dispatchEvent(new Event(name)))
  }
  return Object.assign(channel, { addEventListener })
}

if (typeof RTCPeerConnection !== 'undefined') {
  const create = RTCPeerConnection.prototype.createDataChannel
  RTCPeerConnection.prototype.createDataChannel = function (label, options) {
    const channel = create.call(this, label, options)
    return label === 'init' ? repeatPastEvents(channel) : channel
  }
}
