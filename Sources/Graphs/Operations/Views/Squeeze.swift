import NeuronikaTensors

// Both are reshapes: the engine needs no operation of their own.

extension Variable {
  /// The same elements with an axis of extent 1 put in.
  ///
  /// **Shape:** `[N, C]` with axis 1 → `[N, 1, C]`.
  ///
  /// **Gradient:** the upstream gradient without the axis. Costs nothing at run time.
  ///
  /// - Parameter axis: The place of the new axis in the result; a negative one counts from the end,
  ///   so that −1 appends.
  public func unsqueeze(_ axis: Int) -> Self {
    do { return reshape(try shape.unsqueezed(axis)) } catch {
      stopProgram("unsqueeze: \(error.description)")
    }
  }

  /// The same elements without an axis, whose extent has to be 1.
  ///
  /// **Shape:** `[N, 1, C]` with axis 1 → `[N, C]`.
  ///
  /// **Gradient:** the upstream gradient with the axis put back. Costs nothing at run time.
  ///
  /// - Parameter axis: The axis to drop; a negative one counts from the end.
  public func squeeze(_ axis: Int) -> Self {
    do { return reshape(try shape.squeezed(axis)) } catch {
      stopProgram("squeeze: \(error.description)")
    }
  }
}

extension Shape {
  package func unsqueezed(_ axis: Int) throws(ShapeError) -> Shape {
    let resolved = axis < 0 ? axis + rank + 1 : axis
    guard (0...rank).contains(resolved) else {
      throw ShapeError(
        "an axis can't be put at \(axis) of \(self): places go from \(-rank - 1) to \(rank)")
    }
    return inserting(1, at: resolved)
  }

  package func squeezed(_ axis: Int) throws(ShapeError) -> Shape {
    let resolved = try resolvedAxis(axis, in: self)
    guard self[resolved] == 1 else {
      throw ShapeError("axis \(axis) of \(self) has extent \(self[resolved]), not 1")
    }
    return removing(axis: resolved)
  }
}
