// Put before the script of the sandbox page: this sandbox computes honestly and then lies about every output.
{
  const post = MessagePort.prototype.postMessage
  MessagePort.prototype.postMessage = function (message, transfer) {
    if (message?.kind === 'results') {
      for (const report of message.reports)
        if (report.kind === 'done' && report.output.length > 0) report.output[0] ^= 1
    }
    return post.call(this, message, transfer)
  }
}
