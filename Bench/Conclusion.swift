import Foundation
import NeuronikaBenchmarking

/// The end of a verb that has said all there is to say: only the status is left.
struct Conclusion: Error {
  let status: ExitStatus

  /// Ends well, or with the status.
  static func conclude(_ status: ExitStatus) throws {
    if status != .success { throw Conclusion(status: status) }
  }
}

/// What was asked for can't be done, for a reason that is told in one line.
nonisolated struct UsageFailure: Error, CustomStringConvertible {
  let description: String
}

/// Nothing was compared, for a reason that is told in one line.
struct NothingCompared: Error, CustomStringConvertible {
  let description: String
}

/// The status that an error ends the program with, or nil if the command line is to blame or the error
/// is of no kind of ours.
func exitStatus(of error: any Error) -> ExitStatus? {
  switch error {
  case is WrongResult: .wrongResult
  case is UsageFailure: .usage
  case is NothingCompared, is Baseline.Failure: .nothingCompared
  case is Peer.Failure, is CSVFileError, is Revision.Failure, is RunFolderError,
    is Publication.Failure:
    .failure
  case let conclusion as Conclusion: conclusion.status
  default: nil
  }
}

/// Ends the program with a message on standard error.
func fail(_ status: Int32, _ message: some CustomStringConvertible) -> Never {
  progress(nil)
  FileHandle.standardError.write(Data("\(message)\n".utf8))
  exit(status)
}

/// Whether standard output is for a program that reads it.
private var isForPrograms = false

/// Sends what is said besides the tables to standard error, so that a program can read the tables.
func speakAside() { isForPrograms = true }

/// Says something besides the tables.
func say(_ text: String = "") {
  if !isForPrograms { return print(text) }
  FileHandle.standardError.write(Data((text + "\n").utf8))
}

/// A line on a terminal that the next one replaces; nothing elsewhere.
func progress(_ text: String?) {
  fflush(nil)
  guard isatty(2) != 0 else { return }
  FileHandle.standardError.write(Data("\r\u{1b}[K\(text ?? "")".utf8))
}

/// How long something goes on, from how far it has come.
struct Remaining {
  private let start = ContinuousClock.now

  /// Like ` · 12 s left`; empty at the beginning.
  func text(done: Int, of total: Int) -> String {
    guard done > 0, done < total else { return "" }
    let taken = (ContinuousClock.now - start).nanoseconds / 1e9
    let seconds = taken * Double(total - done) / Double(done)
    return seconds < 90
      ? String(format: " · %.0f s left", seconds)
      : String(format: " · %.0f min left", seconds / 60)
  }
}
