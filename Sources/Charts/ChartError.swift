/// What can go wrong with a figure or an image outside the program: the disk, and gnuplot.
///
/// A missing gnuplot is not an error: ``Figure/write(to:name:gnuplot:)`` then returns
/// ``Rendering/skipped(reason:)``, so that a training run goes on without its pictures.
public enum ChartError: Error, Equatable, Sendable, CustomStringConvertible {
  /// A file or folder could not be written.
  case cannotWrite(path: String, reason: String)
  /// gnuplot could not be started, or ended with an error. `message` is gnuplot's own.
  case gnuplotFailed(script: String, message: String)
  /// gnuplot was still running after `seconds` and has been killed.
  case gnuplotTimedOut(script: String, seconds: Double)
  /// gnuplot ended well, but what it wrote is no PNG image. `message` is gnuplot's own.
  case notAnImage(script: String, message: String)

  /// The error as one sentence: what happened, where, and what to look at.
  public var description: String {
    switch self {
    case .cannotWrite(let path, let reason):
      "cannot write \(path): \(reason)"
    case .gnuplotFailed(let script, let message):
      "gnuplot could not draw \(script): \(message.isEmpty ? "it gave no reason" : message)"
    case .gnuplotTimedOut(let script, let seconds):
      "gnuplot could not draw \(script) within \(plainNumber(seconds)) s and was stopped; "
        + "the script and its data are kept"
    case .notAnImage(let script, let message):
      "gnuplot drew \(script) without an error, but wrote no PNG image"
        + (message.isEmpty ? "" : ": " + message)
    }
  }
}
