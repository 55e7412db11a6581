import NeuronikaTensors

// Operations of a user's own: a type that conforms to `Operation`, applied with these.

extension Variable {
  /// The result of an operation of one operand.
  ///
  /// ```
  /// extension Variable {
  ///   func cube() -> Self { applying(Cube()) }
  /// }
  /// ```
  ///
  /// **Errors:** a shape that the operation's rule refuses stops the program with its sentence.
  public func applying(_ operation: some Operation) -> Self { Self(apply(operation, node)) }

  /// The result of an operation of two operands.
  public func applying(_ operation: some Operation, to other: Var) -> Self {
    Self(apply(operation, node, other.node))
  }
  public func applying(_ operation: some Operation, to other: VarDiff) -> VarDiff {
    VarDiff(apply(operation, node, other.node))
  }
}
