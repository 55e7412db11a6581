import Foundation

/// The terminal as the parent sees it: text as it comes, one progress line below it.
package struct Console {
  /// `nil` when standard output is not a terminal.
  package let columns: Int?
  private let descriptor: Int32
  private var shown = false
  private var atLineStart = true
  private var phase: Phase?

  /// One loop's progress, for rates and the time left.
  private struct Phase {
    var line: UInt?
    var started: ContinuousClock.Instant
    var first: Progress
    var printed: ContinuousClock.Instant
  }

  package init(descriptor: Int32 = STDOUT_FILENO) {
    self.descriptor = descriptor
    guard isatty(descriptor) == 1 else {
      columns = nil
      return
    }
    var size = winsize()
    let known = ioctl(descriptor, UInt(TIOCGWINSZ), &size) == 0 && size.ws_col > 0
    columns = known ? Int(size.ws_col) : 80
  }

  package mutating func raw(_ bytes: [UInt8]) {
    guard let last = bytes.last else { return }
    erase()
    writeAll(bytes, to: descriptor)
    atLineStart = last == UInt8(ascii: "\n")
  }

  package mutating func line(_ text: String) {
    raw(Array(((atLineStart ? "" : "\n") + text + "\n").utf8))
  }

  package mutating func show(_ record: Record) {
    switch record.event {
    case .show(let text): line(text)
    case .table(let headers, let rows): line(alignedTable(headers: headers, rows: rows))
    case .metric(let name, let value): line("\(name) = \(measured(value))")
    case .timing(let name, let seconds): line(dim("\(name): \(clock(seconds))"))
    case .figure(let picture): line(dim(picture.problem ?? "drawn: \(picture.path)"))
    case .note(let text): line(plainText(text))
    case .data(let name, let sha): line(dim("data: \(name) (SHA-256 \(sha.prefix(12))…)"))
    case .stopped(let place): line("Stopped at \(place).")
    case .failure(let message): line(message)
    case .progress(let progress): show(progress, line: record.line)
    case .run, .text, .history, .ended: break
    }
  }

  private mutating func show(_ progress: Progress, line number: UInt?) {
    let now = ContinuousClock.now
    if phase == nil || phase?.line != number || (phase?.first.done ?? 0) > progress.done
      || phase?.first.total != progress.total
    {
      phase = Phase(line: number, started: now, first: progress, printed: now)
    }
    guard let phase else { return }
    let parts = describe(progress, since: phase.first, elapsed: seconds(now - phase.started))
    let text = parts.joined(separator: "  ·  ")
    if let columns {
      guard atLineStart else { return }
      if progress.done >= progress.total {
        line(dim(text))
      } else {
        writeAll(Array("\r\u{1B}[K\(dim(fitted(parts, columns - 1)))".utf8), to: descriptor)
        shown = true
      }
    } else if now - phase.printed > .seconds(5) || progress.done >= progress.total {
      line(text)
      self.phase?.printed = now
    }
  }

  private func describe(_ progress: Progress, since first: Progress, elapsed: Double) -> [String] {
    var parts: [String] = []
    if let text = progress.text { parts.append(text) }
    if let epoch = progress.epoch { parts.append("epoch \(epoch)") }
    parts.append("\(grouped(progress.done))/\(grouped(progress.total))")
    if let loss = progress.loss { parts.append("loss \(significant(loss))") }
    if let accuracy = progress.accuracy { parts.append("accuracy \(fixed(accuracy * 100, 1)) %") }
    if elapsed > 0.5 {
      if progress.done > first.done, progress.done < progress.total {
        let each = elapsed / Double(progress.done - first.done)
        parts.append("\(clock(each * Double(progress.total - progress.done))) left")
      }
      if let now = progress.samples, let then = first.samples, now > then {
        parts.append("\(grouped(Int(Double(now - then) / elapsed))) samples/s")
      }
    }
    return parts
  }

  /// As many parts as fit on the line, the first ones first.
  private func fitted(_ parts: [String], _ width: Int) -> String {
    var parts = parts
    while parts.count > 1, parts.joined(separator: "  ·  ").count > width { parts.removeLast() }
    return String(parts.joined(separator: "  ·  ").prefix(width))
  }

  package mutating func erase() {
    if shown { writeAll(Array("\r\u{1B}[K".utf8), to: descriptor) }
    shown = false
  }

  package func dim(_ text: String) -> String { styled(text, 2) }
  package func bold(_ text: String) -> String { styled(text, 1) }
  package func styled(_ text: String, _ code: Int) -> String {
    columns == nil ? text : "\u{1B}[\(code)m\(text)\u{1B}[0m"
  }
}

extension Progress {
  /// In words, for the document that was stopped there.
  var place: String {
    let step = text.map { "\($0) \(done)" } ?? "step \(done)"
    return step + " of \(total)" + (epoch.map { ", epoch \($0)" } ?? "")
  }
}
