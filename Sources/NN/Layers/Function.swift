import NeuronikaGraphs

/// A layer made of a closure, for what is no layer: `Function("square") { $0 * $0 }`.
///
/// The closure has nothing to learn: what it captures is neither trained nor saved. A part with
/// learnables is a type of its own that conforms to ``Layer``.
///
/// ```swift
/// let network = Sequential {
///   Linear(4, 6)
///   Function("pairs") { $0.reshape([$0.shape[0], 3, 2]) }
/// }
/// print(network(Var.rand(5, 4)).shape)  // [5, 3, 2]
/// ```
public struct Function: Layer {
  /// What it is called when a model is printed.
  public let name: String
  private let body: (VarDiff) -> VarDiff

  /// A layer.
  ///
  /// - Parameters:
  ///   - name: What it is called when a model is printed.
  ///   - body: What it does.
  public init(_ name: String = "Function", _ body: @escaping (VarDiff) -> VarDiff) {
    (self.name, self.body) = (name, body)
  }

  /// Calls the closure.
  public func callAsFunction(_ input: some Variable) -> VarDiff { body(VarDiff(input.node)) }

  /// The name.
  public var description: String { name }
}
