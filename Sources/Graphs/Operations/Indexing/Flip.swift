import NeuronikaTensors

// A slice with negative steps: the engine needs no operation of its own.

extension Variable {
  /// The elements in reverse order along axes.
  ///
  /// **Shape:** any, kept.
  ///
  /// **Gradient:** the upstream gradient, reversed. Takes no memory.
  ///
  /// - Parameter axes: Which axes to reverse, each once; negative ones count from the end.
  public func flip(axes: Int...) -> Self {
    let axes = axisSet(axes, in: shape, operation: "flip")
    var slice = Slice(all: shape)
    for axis in 0..<rank where axes.contains(axis) && shape[axis] > 0 {
      (slice.starts[axis], slice.steps[axis]) = (shape[axis] - 1, -1)
    }
    return Self(apply(slice, node))
  }
}
