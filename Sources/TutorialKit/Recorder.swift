import CNeuronikaMarkGFM
import Foundation
import Synchronization

/// How often Ctrl-C was pressed. Set by a signal handler, read by `progress` and the supervisor.
package let interruptions = Atomic<Int>(0)

/// What the supervisor tells the child through one environment variable.
package struct HandOver: Codable, Sendable {
  package static let variable = "NEURONIKA_NOTEBOOK"
  package var token: String
  package var parent: Int32
  package var directory: String
  /// `nil` when standard output is not a terminal.
  package var columns: Int?
}

/// The recorder whose rows are handed on when the program ends.
private let unfinished = Mutex<Recorder?>(nil)

/// The child's end of the stream: each event first flushes standard output, then goes in one
/// piece into the same pipe.
final class Recorder: Sendable {
  private let codec: StreamCodec
  private let state = Mutex(State())

  private struct State {
    var figures = 0
    /// When each progress line last spoke, by line of the source.
    var spoken: [UInt: ContinuousClock.Instant] = [:]
    var saidStopped = false
    /// Rows of `history.csv` that are not handed on yet, and the line of the last.
    var rows: [String] = []
    var rowLine: UInt = 0
    var handedOn = ContinuousClock.now
  }

  init(token: String) {
    codec = StreamCodec(token: token)
    // A program may end with a row.
    unfinished.withLock { $0 = self }
    atexit { unfinished.withLock { $0 }?.handOnRows() }
  }

  func record(_ event: Event, line: UInt) {
    handOnRows()
    send(event, line: line)
  }

  /// One event a step would cost as much as a small step of training.
  func history(_ row: String, line: UInt) {
    let now = ContinuousClock.now
    let isDue = state.withLock { state in
      state.rows.append(row)
      state.rowLine = line
      return now - state.handedOn > .milliseconds(50)
    }
    if isDue { handOnRows() }
  }

  private func handOnRows() {
    let (rows, line) = state.withLock { state in
      defer { (state.rows, state.handedOn) = ([], .now) }
      return (state.rows, state.rowLine)
    }
    if !rows.isEmpty { send(.history(rows: rows), line: line) }
  }

  private func send(_ event: Event, line: UInt) {
    let bytes = codec.frame(JSON.encode(Record(line: line, event)))
    neuronika_hold_output()
    writeAll(bytes, to: STDOUT_FILENO)
    neuronika_release_output()
  }

  /// Reports at most twenty times a second and line, always the first and the last time.
  func progress(_ progress: Progress, line: UInt) -> Bool {
    let now = ContinuousClock.now
    let interrupted = interruptions.load(ordering: .relaxed) > 0
    let (speaks, stops) = state.withLock { state in
      let due = state.spoken[line].map { now - $0 > .milliseconds(50) } ?? true
      let speaks = due || progress.done == progress.total || interrupted
      if speaks { state.spoken[line] = now }
      let stops = interrupted && !state.saidStopped
      if stops { state.saidStopped = true }
      return (speaks, stops)
    }
    if speaks { record(.progress(progress), line: line) }
    if stops { record(.stopped(at: progress.place), line: line) }
    return !interrupted
  }

  func nextFigure() -> Int {
    state.withLock { state in
      state.figures += 1
      return state.figures
    }
  }
}

/// Writes everything, however many calls it takes; gives up silently when nobody reads any more.
package func writeAll(_ bytes: [UInt8], to descriptor: Int32) {
  var rest = bytes[...]
  while !rest.isEmpty {
    let written = rest.withUnsafeBytes { write(descriptor, $0.baseAddress, $0.count) }
    if written > 0 {
      rest = rest.dropFirst(written)
    } else if written == 0 || errno != EINTR {
      return
    }
  }
}
