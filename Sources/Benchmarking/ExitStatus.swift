/// How a benchmark program ends. Made from the same values as the table it printed.
public enum ExitStatus: Int32, Sendable, CaseIterable {
  /// Measured; no regression.
  case success = 0
  /// Something went wrong that is nobody's business but the program's.
  case failure = 1
  /// The command line is wrong.
  case usage = 2
  /// A benchmark got slower, or an exact counter changed.
  case regression = 3
  /// A benchmark's rounds don't tell, and `--strict` asks that they do.
  case inconclusive = 4
  /// Nothing was compared: no baseline, one that can't be read, or no benchmark that both sides have.
  case nothingCompared = 5
  /// A result is wrong, so its time would mean nothing.
  case wrongResult = 6
  /// The machine wasn't the same for both sides: a control moved.
  case void = 7

  /// What it means, in a few words.
  public var meaning: String {
    switch self {
    case .success: "no regression"
    case .failure: "internal failure"
    case .usage: "wrong usage"
    case .regression: "regression"
    case .inconclusive: "inconclusive (with --strict)"
    case .nothingCompared: "nothing compared"
    case .wrongResult: "wrong result"
    case .void: "the machine moved, so the run is void"
    }
  }
}
