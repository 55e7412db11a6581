import NeuronikaGraphs
import NeuronikaTensors
import NeuronikaVariables
import Testing

/// Convolutions compute with channels last, and what follows goes on in that order. Rounding depends on
/// it, so it may not depend on who computes a value: a plan that finds it computed, because somebody
/// held it, goes on as one that computes it itself.
@Suite struct ImageOrderTests {
  /// The bits of a value and of the leaves' gradients, after another value on the way was computed
  /// and gone backward from, with all variables held or none but those two.
  private func bits(
    holding: Bool, _ build: (_ x: VarDiff, _ w: VarDiff) -> [VarDiff]
  ) -> [[UInt32]] {
    let x = Var.from(random([3, 4, 5, 3], 1)).requiresGrad()
    let w = Var.from(random([6, 4, 2, 2], 2)).requiresGrad()
    var steps = build(x, w)
    let (first, root) = (steps[0], steps[steps.count - 1])
    if !holding { steps = [] }
    var results: [[UInt32]] = []
    for turn in 0..<2 {
      if turn == 1 { x.data = random([3, 4, 5, 3], 3) }
      for value in [first, root] {
        value.forward()
        value.backward(random(value.shape, 4))
        results += [value.data.bits, x.grad.bits, w.grad.bits]
      }
    }
    withExtendedLifetime(steps) {}
    return results
  }

  @Test func aNormalisationOfAHeldConvolutionHasTheSameBits() {
    func build(_ x: VarDiff, _ w: VarDiff) -> [VarDiff] {
      let y = x.convolution(w, stride: 2, padding: 1)
      let z = y.batchNorm(epsilon: 0.1)
      return [y, z, z.elu()]
    }
    #expect(bits(holding: true, build) == bits(holding: false, build))
  }

  @Test func aConvolutionOfANormalisedConvolutionHasTheSameBits() {
    let kernel = Var.from(random([3, 6, 2, 2], 5))
    func build(_ x: VarDiff, _ w: VarDiff) -> [VarDiff] {
      let y = x.convolution(w, padding: 1)
      let z = y.batchNorm(epsilon: 0.1)
      return [y, z, z.convolution(kernel, padding: 1)]
    }
    #expect(bits(holding: true, build) == bits(holding: false, build))
  }

  /// Dropout in use hands its operand on, which the pooling and the sum for the bias have to see.
  @Test func theBiasBehindAHeldDropoutHasTheSameBits() {
    func bits(holding: Bool) -> [UInt32] {
      let w = Var.from(random([6, 4, 2, 2], 2)).requiresGrad()
      let b = Var.from(random([6, 1, 1], 3)).requiresGrad()
      let y = (Var.from(random([3, 4, 9, 7], 1)).convolution(w) + b).relu()
      var dropped: VarDiff? = y.dropout(probability: 0.5)
      dropped!.eval()
      let pooled = dropped!.maxPool(kernelSize: 2)
      if !holding { dropped = nil }
      pooled.forward()
      pooled.backward(random(pooled.shape, 4))
      return withExtendedLifetime(dropped) { w.grad.bits + b.grad.bits }
    }
    #expect(bits(holding: true) == bits(holding: false))
  }

  @Test func productsOfAHeldConvolutionHaveTheSameBits() {
    let v = Var.from(random([6], 6))
    func build(_ x: VarDiff, _ w: VarDiff) -> [VarDiff] {
      let y = x.convolution(w, stride: 2, padding: 1)
      let matrices = y.reshape([3, 6, y.shape.count / 18])
      let product = VarDiff(v).matmul(matrices)
      return [product, y, matrices, product.mmT(product)]
    }
    #expect(bits(holding: true, build) == bits(holding: false, build))
  }

  @Test func aPooledPartOfAHeldConvolutionHasTheSameBits() {
    func build(_ x: VarDiff, _ w: VarDiff) -> [VarDiff] {
      let y = x.convolution(w, padding: 1)
      let part = y[.all, 1..<5]
      let pooled = part.averagePool(kernelSize: 2, padding: 1)
      return [y, part, pooled, pooled.softplus().mean(axes: 0, 2, 3)]
    }
    #expect(bits(holding: true, build) == bits(holding: false, build))
  }
}
