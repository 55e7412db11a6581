import NeuronikaGraphs
import NeuronikaTensors

/// The first operation that made a NaN or an infinity out of numbers that had none.
package struct Anomaly: Error, CustomStringConvertible {
  /// Where in an evaluation an operation runs.
  package enum Phase: Equatable {
    case forward
    /// In the pullback of an operation, whose result has the shape.
    case gradient(of: String, shape: Shape)
  }

  /// What an operation was given.
  package struct Operand: CustomStringConvertible {
    /// What it is: `the leaf "hidden.weight"`, `the result of relu`, `the upstream gradient`.
    package let role: String
    package let shape: Shape
    package let contents: Contents

    package var description: String { "\(role) \(shape): \(contents)" }
  }

  package let phase: Phase
  /// The operation's name; for a leaf that holds a NaN, what is said of it.
  package let operation: String
  package let shape: Shape
  /// The index of the first element that is not finite, and the element.
  package let position: [Int]
  package let value: Float
  /// How many elements are not finite.
  package let count: Int
  package let operands: [Operand]
  /// In a gradient, the operands of the operation that it belongs to.
  package var differentiated: [Operand] = []

  /// A sentence, and a line for each operand.
  package var description: String {
    let whole = shape.rank == 0 ? "" : " at \(position) (\(count) of \(shape.count) not finite)"
    let place =
      switch phase {
      case .forward: "in forward"
      case .gradient(let name, let shape): "in the gradient of \(name), of shape \(shape)"
      }
    let start = "anomaly \(place): \(operation), of shape \(shape), "
    if operands.isEmpty { return start + "holds \(value)\(whole)" }
    var text = start + "gave \(value)\(whole)" + lines(operands, of: "")
    if case .gradient(let name, _) = phase { text += lines(differentiated, of: " of " + name) }
    return text
  }

  private func lines(_ operands: [Operand], of whose: String) -> String {
    operands.enumerated().map { position, operand in
      let number = operands.count == 1 ? "" : " \(position)"
      return "\n  operand\(number)\(whose), \(operand)"
    }.joined()
  }
}

extension Anomaly {
  /// What is in a tensor: its range, and what is not in any.
  package struct Contents: CustomStringConvertible {
    package private(set) var nans = 0
    package private(set) var infinities = 0
    package private(set) var range: ClosedRange<Float>?
    /// The first element that is not finite.
    package private(set) var first: Int?

    init(_ tensor: Tensor) {
      tensor.withUnsafeElements { elements in
        for (position, element) in elements.enumerated() {
          if element.isFinite {
            range =
              range.map { min($0.lowerBound, element)...max($0.upperBound, element) }
              ?? element...element
          } else {
            if element.isNaN { nans += 1 } else { infinities += 1 }
            if first == nil { first = position }
          }
        }
      }
    }

    package var description: String {
      var parts: [String] = []
      if let range {
        parts.append(
          range.lowerBound == range.upperBound
            ? "\(range.lowerBound)" : "\(range.lowerBound) … \(range.upperBound)")
      }
      if nans > 0 { parts.append("\(nans) NaN") }
      if infinities > 0 {
        parts.append(infinities == 1 ? "1 infinity" : "\(infinities) infinities")
      }
      return parts.isEmpty ? "empty" : parts.joined(separator: ", ")
    }

    /// Whether numbers like these can't come out of operands like those unless the operation makes
    /// them: a NaN where no operand has one, or an infinity where all of every operand is finite.
    func isNew(after operands: [Contents]) -> Bool {
      (nans > 0 && operands.allSatisfy { $0.nans == 0 })
        || (infinities > 0 && operands.allSatisfy { $0.nans == 0 && $0.infinities == 0 })
    }
  }
}
