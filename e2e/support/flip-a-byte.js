// Put before the script of the sandbox page: this sandbox computes honestly and then lies about every output.
{
  const post = MessagePort.prototype.postMessage
  MessagePort.prototype.postMessage = function (message, transfer) {
    const told = message?.kind === 'passed' ? message.message : message
    if (told?.kind === 'results') {
      for (const report of told.reports)
        if (report.kind === 'done' && report.output.length > 0) report.output[0] ^= 1
    }
    return post.call(this, message, transfer)
  }
}
