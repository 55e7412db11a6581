import NeuronikaTensors

extension Initializer {
  /// One number everywhere.
  public static func constant(_ value: Float) -> Initializer {
    Initializer("constant") { shape, _ in Tensor(repeating: value, shape: shape) }
  }

  /// Zeros.
  public static let zeros = Initializer("zeros") { shape, _ in .zeros(shape) }

  /// Ones.
  public static let ones = Initializer("ones") { shape, _ in .ones(shape) }
}
