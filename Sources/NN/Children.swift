import NeuronikaGraphs
import NeuronikaVariables

/// What a ``Module`` may declare: modules, learnables (differentiable leaves), buffers (`Var` leaves:
/// values that belong to it but aren't learned), a ``TrainingMode``; and arrays, dictionaries and
/// optionals of those, also of `any Module`.
///
/// An element of an array has its position for a name, as in `layers.0.weight`; one of a dictionary
/// has its key.
public protocol Child {}

extension VarDiff: Child {}
extension Var: Child {}
extension TrainingMode: Child {}
// Not for elements that are a `Child` only, because `any Module` is none. What doesn't fit stops
// the program when the module is walked.
extension Array: Child {}
extension Dictionary: Child where Key == String {}
extension Optional: Child {}

/// The declaration of a module's parts: a dictionary literal whose order counts.
///
/// ```
/// var children: Children { ["layers": layers, "scale": scale] }
/// ```
public struct Children: ExpressibleByDictionaryLiteral {
  /// Names and parts in the order of declaration.
  public let entries: [(name: String, child: any Child)]

  /// A declaration.
  ///
  /// - Parameter elements: Names, each once, neither empty nor with a dot, and parts.
  public init(dictionaryLiteral elements: (String, any Child)...) {
    entries = elements.map { (name: $0, child: $1) }
  }

  /// A declaration put together by a program.
  public init(_ entries: [(name: String, child: any Child)]) { self.entries = entries }
}

/// Something that a module stores but that doesn't belong to it: a frozen teacher, a parent.
///
/// Its learnables are neither trained nor saved with the module.
///
/// ```
/// var children: Children { ["student": student, "teacher": Excluded(teacher)] }
/// ```
public struct Excluded: Child {
  let value: Any

  /// Declares that a stored property is left out on purpose.
  public init(_ value: Any) { self.value = value }
}
