import NeuronikaGraphs
import NeuronikaTensors
import NeuronikaVariables
import Testing

/// An operation as a user would write it.
private struct Cube: Operation {
  static let name = "cube"

  func shape(of operands: Shapes) throws(ShapeError) -> Shape { operands[0] }

  func specification(_ x: [ReferenceTensor], shape: Shape) -> ReferenceTensor {
    x[0].map { $0 * $0 * $0 }
  }

  func pullback(_ upstream: VarDiff, operands x: [VarDiff], output: VarDiff) -> [VarDiff?] {
    [upstream * x[0] * x[0] * 3]
  }

  func lowering(of operands: [Shape], to shape: Shape) -> Lowering {
    .elementwise(.operand(0) * .operand(0) * .operand(0))
  }
}

extension Variable {
  fileprivate func cube() -> Self { applying(Cube()) }
  fileprivate func swish() -> Self { self * sigmoid() }
}

@Suite struct OwnOperationTests {
  @Test func anOperationOfTheUsersRunsAndIsDifferentiatedTwice() {
    let x = Var.from([1, 2, -3]).requiresGrad()
    let y = x.cube().sum()
    #expect(y.item == -18)
    let slope = grad(of: y, wrt: [x])[0]
    #expect(slope.data.elements == [3, 12, 27])
    #expect(grad(of: slope.sum(), wrt: [x])[0].data.elements == [6, 12, -18])
  }

  @Test func aFunctionOfBothKindsOfVariablesIsWrittenOnce() {
    let plain: Var = Var.from([0]).swish()
    let differentiable: VarDiff = Var.from([0]).requiresGrad().swish()
    #expect(plain.data.elements == [0] && differentiable.data.elements == [0])
  }
}
