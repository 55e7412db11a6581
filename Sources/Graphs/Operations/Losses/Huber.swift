import NeuronikaTensors

// Compositions: the engine needs no operations of their own.

extension Variable {
  /// The Huber loss of the difference d = x − target: d²/2 as far as ±δ, and δ (|d| − δ/2) beyond,
  /// element by element.
  ///
  /// **Shape:** two equal shapes → `[]`, or the same shape with `.none`. Nothing is broadcast.
  ///
  /// **Gradient:** upstream · d, but at least −δ · upstream and at most δ · upstream; the negative of
  /// it to a target that is a `VarDiff`.
  ///
  /// **Numerics:** computed as c (d − c/2), c being d between the bounds ±δ: there is no square that
  /// overflows. 6 flops an element. δ is an operand: a changed one compiles nothing.
  ///
  /// **Source:** Huber, *Robust estimation of a location parameter*, 1964, section 3.
  ///
  /// - Parameters:
  ///   - target: What is right.
  ///   - delta: δ, where the loss goes over from squares to absolute values; greater than 0.
  ///   - reduction: What becomes of the losses of the elements.
  public func huber(_ target: Var, delta: Float = 1, reduction: LossReduction = .mean) -> Self {
    Self(hubers("huber", node, target.node, "delta", delta).node).reduced(reduction)
  }
  public func huber(
    _ target: VarDiff, delta: Float = 1, reduction: LossReduction = .mean
  ) -> VarDiff {
    hubers("huber", node, target.node, "delta", delta).reduced(reduction)
  }

  /// The absolute error with its tip rounded off: for d = x − target, d²/2β as far as ±β, and
  /// |d| − β/2 beyond. It is the Huber loss with δ = β, divided by β.
  ///
  /// **Shape:** two equal shapes → `[]`, or the same shape with `.none`. Nothing is broadcast.
  ///
  /// **Gradient:** upstream · d/β, but at least −upstream and at most upstream; the negative of it to
  /// a target that is a `VarDiff`.
  ///
  /// **Numerics:** as `huber`.
  ///
  /// **Source:** Girshick, *Fast R-CNN*, ICCV 2015, equation 3, with β = 1.
  ///
  /// - Parameters:
  ///   - target: What is right.
  ///   - beta: β, as far as the loss is a square; greater than 0.
  ///   - reduction: What becomes of the losses of the elements.
  public func smoothL1(_ target: Var, beta: Float = 1, reduction: LossReduction = .mean) -> Self {
    Self((hubers("smoothL1", node, target.node, "beta", beta) / beta).node).reduced(reduction)
  }
  public func smoothL1(
    _ target: VarDiff, beta: Float = 1, reduction: LossReduction = .mean
  ) -> VarDiff {
    (hubers("smoothL1", node, target.node, "beta", beta) / beta).reduced(reduction)
  }
}

private func hubers(
  _ loss: String, _ prediction: Node, _ target: Node, _ bound: String, _ delta: Float
) -> VarDiff {
  do throws(ShapeError) { try pairedShape(prediction.shape, target.shape) } catch {
    stopProgram("\(loss): \(error.description)")
  }
  guard delta > 0 else {
    stopProgram("\(loss): \(bound) has to be greater than 0, but is \(delta)")
  }
  let difference = VarDiff(apply(Subtract(), prediction, target))
  let clamped = difference.clamp(min: -delta, max: delta)
  return clamped * (difference - clamped / 2)
}
