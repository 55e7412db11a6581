import ArgumentParser
import Foundation
import Neuronika

/// How far a value or a gradient may be from the peer's, relative to its greatest element.
private let tolerance = 1e-4
/// What the greatest element counts at least, as operands are about 1: sums whose terms cancel have no
/// relative precision.
private let leastScale = 0.01

/// Compares values and gradients of all operations with PyTorch's on random cases.
///
/// - Parameter count: How many cases a family has at least; its operations share them, but each has a
///   tenth at least.
func compareOperations(_ options: BenchOptions, python: String, count: Int) throws {
  let operations = try options.selection.operations
  let stem =
    FileManager.default.temporaryDirectory.path
    + "/neuronika-agreement-\(ProcessInfo.processInfo.processIdentifier)"
  let (file, results) = (URL(filePath: stem + "-cases"), URL(filePath: stem + "-results"))
  defer { for file in [file, results] { try? FileManager.default.removeItem(at: file) } }

  let threads = options.threads ?? Surroundings.defaultThreads
  let peer: Peer
  do {
    peer = try Peer(
      "agreement.py",
      ["--threads", "\(threads)", "--cases", file.path, "--results", results.path],
      python: python)
  } catch {
    print("skipped: PyTorch: \(error)")
    return
  }
  defer { peer.quit() }
  let surroundings = begin(options, isTiming: false)
  let report = try Report(options.out, surroundings)
  defer { report.discard() }

  var cases: [AgreementCase] = []
  for (family, name, draw) in operations {
    progress("\(family.name) \(name)")
    let share = (count - 1) / min(family.operations.count, 10) + 1
    cases += (0..<share).map {
      AgreementCase(family, name, draw, number: $0, seed: options.selection.seed)
    }
  }
  try write(cases, to: file)
  progress("\(cases.count) cases in \(peer.title)")
  _ = try peer.ask("evaluate")
  let theirs = try TensorFile(contentsOf: results)
  progress(nil)

  let verdicts = try cases.map { try Verdict($0, theirs) }
  print(
    """
    Values and gradients of \(cases.count) random cases, seed \(options.selection.seed), beside \
    those of \(peer.title),
    which computes in double precision from the same operands. A difference is the greatest
    one of the elements over the greatest element, or over \(leastScale) if that is greater.

    """)
  var rows: [[String]] = []
  for (family, name, _) in operations {
    let own = verdicts.filter { $0.subject.operation == "\(family.name) \(name)" }
    let gradients = own.compactMap(\.gradient)
    rows.append([
      "\(family.name) \(name)", "\(own.count)", scientific(own.map(\.value).max()!),
      gradients.max().map(scientific) ?? "–",
    ])
  }
  printTable(["operation", "cases", "value", "gradient"], rows)
  try report.write(
    "agreement.csv", ["operation", "cases", "worst_value", "worst_gradient"],
    rows.map { $0.map { $0 == "–" ? "" : $0 } })
  try report.settle()

  let wrong = verdicts.filter { !($0.worst <= tolerance) }
  if !wrong.isEmpty {
    let worst = wrong.sorted { $0.worst > $1.worst }.prefix(5).map {
      "  \(scientific($0.worst)): \($0.subject.summary)"
    }
    throw WrongResult(
      description: "\(wrong.count) of \(cases.count) cases differ from \(peer.title) by more than "
        + "\(scientific(tolerance)). The worst:\n" + worst.joined(separator: "\n"))
  }
  let worst = verdicts.max { $0.worst < $1.worst }!
  print("all within \(scientific(tolerance)); the worst, \(scientific(worst.worst)), is")
  print("  \(worst.subject.summary)")
}

extension Selection {
  /// The operations that were chosen.
  @MainActor fileprivate var operations: [(family: Family, name: String, draw: Family.Draw)] {
    get throws {
      let all = families.flatMap { family in
        family.operations.map { (family: family, name: $0.key, draw: $0.value) }
      }
      let chosen = all.filter { operation in
        filter.map { "\(operation.family.name) \(operation.name)".contains($0) } ?? true
      }
      if chosen.isEmpty {
        throw ValidationError("No operation's name contains \"\(filter ?? "")\".")
      }
      return chosen
    }
  }
}

private func write(_ cases: [AgreementCase], to file: URL) throws {
  var tensors = TensorFile()
  for subject in cases {
    for (index, operand) in subject.drawing.operands.enumerated() {
      tensors.add(
        "\(subject.id)/operand.\(index)", operand.tensor.elements, operand.tensor.shape.extents)
    }
    if let upstream = subject.upstream {
      tensors.add("\(subject.id)/upstream", upstream.elements, upstream.shape.extents)
    }
  }
  try tensors.write(cases, as: "cases", to: file)
}

/// How far a case is from the peer's.
private struct Verdict {
  let subject: AgreementCase
  /// The difference of the value.
  let value: Double
  /// The greatest difference of the gradients, if there are any.
  let gradient: Double?

  var worst: Double { max(value, gradient ?? 0) }

  init(_ subject: AgreementCase, _ theirs: TensorFile) throws {
    self.subject = subject
    value = try difference(subject, subject.value, "value", theirs)
    var gradients: [Double] = []
    for (index, operand) in subject.drawing.operands.enumerated()
    where subject.upstream != nil && operand.isDifferentiable {
      gradients.append(
        try difference(subject, operand.variable.grad, "gradient.\(index)", theirs))
    }
    gradient = gradients.max()
  }
}

/// - Returns: The greatest difference of two elements over the greatest element.
/// - Throws: `WrongResult` if the shapes differ.
private func difference(
  _ subject: AgreementCase, _ ours: Tensor, _ name: String, _ theirs: TensorFile
) throws -> Double {
  guard let peer = theirs.doubles("\(subject.id)/\(name)"), peer.shape == ours.shape.extents else {
    let shape = theirs.doubles("\(subject.id)/\(name)").map { "\($0.shape)" } ?? "missing"
    throw WrongResult(
      description: "the \(name) has shape \(ours.shape), but the peer's \(shape):\n"
        + "  \(subject.summary)")
  }
  var (greatest, scale) = (0.0, leastScale)
  for (a, b) in zip(ours.elements, peer.elements) where Double(a) != b {
    let difference = abs(Double(a) - b)
    // What is not a number agrees with nothing.
    greatest = difference.isNaN ? .infinity : max(greatest, difference)
  }
  for element in peer.elements where element.isFinite { scale = max(scale, abs(element)) }
  return greatest / scale
}

/// A number like 3e-07.
private func scientific(_ value: Double) -> String {
  value == 0 ? "0" : String(format: "%.0e", value)
}
