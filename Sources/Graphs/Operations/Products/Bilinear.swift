import NeuronikaTensors

// A composition: the engine needs no operation of its own.

/// A bilinear map of two vectors, or of pairs of them: yₒ = leftᵀ Wₒ right + biasₒ.
///
/// **Shape:** left `[…, A]`, right `[…, B]`, weight `[O, A, B]`, bias `[O]` → `[…, O]`. The axes before
/// the last are the same on the left and on the right; they are not broadcast.
///
/// **Gradient:** upstream · Wₒ right and upstream · Wₒᵀ left, summed over o; to the weight
/// upstream · left ⊗ right, and to the bias the upstream gradient, summed over the pairs.
///
/// **Numerics:** one product of matrices, of `right` and all rows of the weight, then sums along A;
/// about 2 · A · B · O flops a pair, and A · O numbers in between.
///
/// - Parameters:
///   - left: The vectors on the left.
///   - right: As many on the right.
///   - weight: O matrices.
///   - bias: What is added, if anything.
public func bilinear(_ left: Var, _ right: Var, weight: Var, bias: Var? = nil) -> Var {
  Var(bilinearMap(left.node, right.node, weight.node, bias?.node))
}
/// A bilinear map with something differentiable among its operands.
@_disfavoredOverload
public func bilinear(
  _ left: some Variable, _ right: some Variable, weight: some Variable,
  bias: (any Variable)? = nil
) -> VarDiff {
  VarDiff(bilinearMap(left.node, right.node, weight.node, bias?.node))
}

/// The shape of a bilinear map's result.
package func bilinearShape(
  _ left: Shape, _ right: Shape, weight: Shape, bias: Shape?
) throws(ShapeError) -> Shape {
  guard weight.rank == 3, left.rank >= 1, right.rank >= 1,
    left.removing(axis: left.rank - 1) == right.removing(axis: right.rank - 1),
    left[left.rank - 1] == weight[1], right[right.rank - 1] == weight[2]
  else {
    throw ShapeError(
      "takes [..., A], [..., B] and a weight [O, A, B]. left \(left) · right \(right) · weight "
        + "\(weight)")
  }
  if let bias, bias != Shape(weight[0]) {
    throw ShapeError("the bias has shape \(bias), but the weight \(weight) needs [\(weight[0])]")
  }
  return left.replacing(axis: left.rank - 1, with: weight[0])
}

private func bilinearMap(_ left: Node, _ right: Node, _ weight: Node, _ bias: Node?) -> Node {
  let shape: Shape
  do throws(ShapeError) {
    shape = try bilinearShape(left.shape, right.shape, weight: weight.shape, bias: bias?.shape)
  } catch { stopProgram("bilinear: \(error.description)") }
  let (o, a, b) = (weight.shape[0], weight.shape[1], weight.shape[2])
  let pairs = left.shape.removing(axis: left.shape.rank - 1).count
  // Contracted with the right vectors first, because the weight lies ready for that.
  let halves = VarDiff(right).reshape([pairs, b])
    .mmT(VarDiff(weight).reshape([o * a, b])).reshape([pairs, o, a])
  let sums = (halves * VarDiff(left).reshape([pairs, 1, a])).sum(axes: 2)
  let result = bias.map { sums + VarDiff($0) } ?? sums
  return result.reshape(shape).node
}
