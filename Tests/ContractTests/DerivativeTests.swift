import NeuronikaExecution
import NeuronikaGraphs
import NeuronikaTensors
import NeuronikaVariables
import Testing

/// Derivatives as variables, and the tool that checks them.
@Suite struct DerivativeTests {
  private func close(_ left: Tensor, _ right: [Float], _ tolerance: Float = 1e-5) -> Bool {
    left.elements.count == right.count
      && zip(left.elements, right).allSatisfy { abs($0 - $1) <= tolerance * (1 + abs($1)) }
  }

  @Test func aJacobianHasARowForEachElement() {
    let x = Var.from([1, 2, 3]).requiresGrad()
    let matrix = jacobian(of: x.square()[0..<2], wrt: x)
    #expect(matrix.shape == [2, 3])
    #expect(matrix.data.elements == [2, 0, 0, 0, 4, 0])
    #expect(jacobian(of: x.sum(), wrt: x).data.elements == [1, 1, 1])
    #expect(jacobian(of: Var.ones(2).requiresGrad() * 2, wrt: x).data == .zeros([2, 3]))
  }

  @Test func aHessianIsSymmetric() {
    let x = Var.from([1, 2]).requiresGrad()
    let y = x[0] * x[0] * x[1] + x[1].exp()
    let matrix = hessian(of: y, wrt: x)
    #expect(matrix.shape == [2, 2])
    let e = Float(7.389056)
    #expect(close(matrix.data, [4, 2, 2, e]))
    let product = hessianVectorProduct(of: y, wrt: [x], along: [Var.from([1, -1])])[0]
    #expect(close(product.data, [2, 2 - e]))
  }

  @Test func aDirectionalDerivativeIsTheJacobianTimesTheDirection() {
    let (x, w) = (Var.rand(3).requiresGrad(), Var.rand(3, 4).requiresGrad())
    let (dx, dw) = (Var.rand(3), Var.rand(3, 4))
    let y = x.vm(w).tanh()
    let tangent = jvp(of: y, wrt: [x, w], along: [dx, dw])
    #expect(tangent.shape == y.shape)
    let inner = dx.vm(w) + x.vm(dw)
    let expected = inner * (1 - y * y)
    #expect(close(tangent.data, expected.data.elements))
    #expect(jvp(of: y, wrt: [Var.ones(2).requiresGrad()], along: [Var.ones(2)]).data == .zeros([4]))
  }

  @Test func rightGradientsPass() throws {
    let report = try checkGradients(
      of: { ($0[0].mm($0[1]) + $0[2]).softmax(axis: 1).ln() },
      at: [.rand([2, 3]), .rand([3, 4]), .rand([4])])
    #expect(report.count == 6 + 12 + 4)
    #expect(report.worst!.relativeError < 1e-7)
    let nothing = try checkGradients(of: { $0[0] * 2 }, at: [.zeros([0])])
    #expect(nothing.worst == nil)
  }

  @Test func aRandomMaskStaysTheSame() throws {
    try checkGradients(of: { $0[0].dropout(probability: 0.5).exp() }, at: [.rand([20])])
  }

  @Test func aWrongGradientIsFound() {
    do throws(GradientError) {
      // No gradient flows through the detached factor.
      try checkGradients(
        of: { x in x[0] * VarDiff(apply(Detach(), x[0].node)) }, at: [Tensor([0.5, 2, 1])])
      Issue.record("nothing was found")
    } catch {
      #expect(abs(error.report.worst!.relativeError - 0.5) < 1e-6)
      #expect(error.description.hasPrefix("the gradient is wrong. 3 derivatives compared"))
    }
  }
}
