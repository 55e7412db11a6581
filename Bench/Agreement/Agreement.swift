import ArgumentParser
import Foundation
import Neuronika
import NeuronikaBenchmarking

/// How far a value or a gradient may be from the peer's, relative to its greatest element.
private let tolerance = 1e-4
/// What the greatest element counts at least, as operands are about 1: sums whose terms cancel have no
/// relative precision.
private let leastScale = 0.01

/// Compares operations, layers, losses, optimizers and schedules with PyTorch's on random cases: values
/// and gradients, or parameters after some steps, or rates.
///
/// - Parameter count: How many cases a family has at least; its subjects share them, but each has a
///   tenth at least.
func compareSubjects(_ options: BenchOptions, python: String, count: Int) throws {
  let subjects = try options.selection.subjects
  let (file, results) = (temporaryFile("agreement-cases"), temporaryFile("agreement-results"))
  defer { for file in [file, results] { try? FileManager.default.removeItem(at: file) } }

  let threads = options.threads ?? Surroundings.defaultThreads
  let peer: Peer
  do {
    peer = try Peer(
      "agreement.py",
      ["--threads", "\(threads)", "--cases", file.path, "--results", results.path],
      python: python)
  } catch {
    throw NothingCompared(description: "nothing compared: PyTorch: \(error)")
  }
  defer { peer.quit() }
  let surroundings = begin(options, isTiming: false)
  let files = try Results(options.out, surroundings)
  defer { files.discard() }

  var cases: [AgreementCase] = []
  for (family, name, draw) in subjects {
    progress("\(family.name) \(name)")
    let share = (count - 1) / min(family.subjects.count, 10) + 1
    cases += (0..<share).map {
      AgreementCase(family, name, draw, number: $0, seed: options.selection.seed)
    }
  }
  try write(cases, to: file)
  progress("\(cases.count) cases in \(peer.name)")
  _ = try peer.ask("evaluate")
  let theirs = try TensorFile(contentsOf: results)
  progress(nil)

  let verdicts = try cases.map { try Verdict($0, theirs) }
  print(
    """
    Values and gradients of \(cases.count) random cases, seed \(options.selection.seed), beside \
    those of \(peer.name) \(peer.version),
    which computes in double precision from the same operands. A difference is the greatest
    one of the elements over the greatest element, or over \(leastScale) if that is greater.

    """)
  var rows: [[String]] = []
  for (family, name, _) in subjects {
    let own = verdicts.filter { $0.example.subject == "\(family.name) \(name)" }
    let gradients = own.compactMap(\.gradient)
    rows.append([
      "\(family.name) \(name)", "\(own.count)", scientific(own.map(\.value).max()!),
      gradients.max().map(scientific) ?? "–",
    ])
  }
  printTable(["", "cases", "value", "gradient"], rows)
  try files.write(
    "agreement.csv", ["subject", "cases", "worst_value", "worst_gradient"],
    rows.map { $0.map { $0 == "–" ? "" : $0 } })
  try files.settle()

  let wrong = verdicts.filter { !($0.worst <= tolerance) }
  if !wrong.isEmpty {
    let worst = wrong.sorted { $0.worst > $1.worst }.prefix(5).map {
      "  \(scientific($0.worst)): \($0.example.summary)"
    }
    throw WrongResult(
      "\(wrong.count) of \(cases.count) cases differ from \(peer.name) by more than "
        + "\(scientific(tolerance)). The worst:\n" + worst.joined(separator: "\n"))
  }
  let worst = verdicts.max { $0.worst < $1.worst }!
  print("all within \(scientific(tolerance)); the worst, \(scientific(worst.worst)), is")
  print("  \(worst.example.summary)")
}

extension Selection {
  /// What was chosen.
  @MainActor fileprivate var subjects: [(family: Family, name: String, draw: Family.Draw)] {
    get throws {
      let all = families.flatMap { family in
        family.subjects.map { (family: family, name: $0.key, draw: $0.value) }
      }
      let chosen = all.filter { chooses("\($0.family.name) \($0.name)") }
      if chosen.isEmpty {
        throw UsageFailure(
          description: "nothing that is compared has a name with \"\(filter ?? "")\"")
      }
      return chosen
    }
  }
}

private func write(_ cases: [AgreementCase], to file: URL) throws {
  var tensors = TensorFile()
  for example in cases {
    for (index, operand) in example.drawing.operands.enumerated() {
      tensors.add(
        "\(example.id)/operand.\(index)", operand.tensor.elements, operand.tensor.shape.extents)
    }
    if let upstream = example.upstream {
      tensors.add("\(example.id)/upstream", upstream.elements, upstream.shape.extents)
    }
  }
  try tensors.write(cases, as: "cases", to: file)
}

/// How far a case is from the peer's.
private struct Verdict {
  let example: AgreementCase
  /// The difference of the value.
  let value: Double
  /// The greatest difference of the gradients, if there are any.
  let gradient: Double?

  var worst: Double { max(value, gradient ?? 0) }

  init(_ example: AgreementCase, _ theirs: TensorFile) throws {
    self.example = example
    value = try difference(example, example.value, "value", theirs)
    var gradients: [Double] = []
    for (index, operand) in example.drawing.operands.enumerated()
    where example.upstream != nil && operand.isDifferentiable {
      gradients.append(
        try difference(example, operand.variable.grad, "gradient.\(index)", theirs))
    }
    gradient = gradients.max()
  }
}

/// - Returns: The greatest difference of two elements over the greatest element.
/// - Throws: `WrongResult` if the shapes differ.
private func difference(
  _ example: AgreementCase, _ ours: Tensor, _ name: String, _ theirs: TensorFile
) throws -> Double {
  guard let peer = theirs.doubles("\(example.id)/\(name)"), peer.shape == ours.shape.extents else {
    let shape = theirs.doubles("\(example.id)/\(name)").map { "\($0.shape)" } ?? "missing"
    throw WrongResult(
      "the \(name) has shape \(ours.shape), but the peer's \(shape):\n"
        + "  \(example.summary)")
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
