import NeuronikaExecution
import NeuronikaGraphs
import NeuronikaTensors
import NeuronikaVariables
import Testing

/// What the page of conventions says and no contract shows.
@Suite struct ConventionTests {
  @Test func theSlopeOfSignIsZeroAtZeroToo() {
    let x = Var.from([0, -1]).requiresGrad()
    (x.sign() + x).backward()
    #expect(x.grad.elements == [1, 1])
  }

  @Test func theSlopeOfSeluAtZeroIsThatOfTheNegativeSide() {
    let x = Var.from([0]).requiresGrad()
    x.selu().backward()
    #expect((x.grad[0] - 1.758_099).magnitude < 1e-5)
  }

  @Test func aConditionGetsNoGradient() {
    let condition = Var.from([1, 0]).requiresGrad()
    let (x, y) = (Var.from([2, 3]).requiresGrad(), Var.from([4, 5]).requiresGrad())
    x.where(condition, else: y).backward()
    #expect(condition.grad.elements == [0, 0])
    #expect(x.grad.elements == [1, 0] && y.grad.elements == [0, 1])
  }

  @Test func whatIsNotChosenMayStillGetNaNFromBelow() {
    let x = Var.from([0, 4]).requiresGrad()
    let careless = x.sqrt().where(x .> 0, else: 0)
    careless.backward()
    #expect(careless.data.elements == [0, 2])
    #expect(x.grad[0].isNaN && x.grad[1] == 0.25)
    x.zeroGrad()
    x.clamp(min: 1e-12).sqrt().where(x .> 0, else: 0).backward()
    #expect(x.grad.elements == [0, 0.25])
  }

  @Test func halvesGoToTheEvenNeighbour() {
    let halves = Var.from([-1.5, -0.5, 0.5, 1.5, 2.5])
    #expect(halves.round().data.elements == [-2, 0, 0, 2, 2])
  }

  @Test func noComparisonWithNaNHoldsButThatItIsNotEqual() {
    let (nan, one) = (Var.from([.nan]), Var.from([1]))
    for result in [nan .< one, nan .<= one, nan .> one, nan .>= one, nan .== one, nan .== nan] {
      #expect(result.item == 0)
    }
    #expect((nan .!= one).item == 1 && (nan .!= nan).item == 1)
  }

  @Test func nothingHasASumButNoMean() {
    let nothing = Var.zeros(0)
    #expect(nothing.sum().item == 0)
    #expect(nothing.mean().item.isNaN && nothing.variance().item.isNaN)
    #expect(nothing.logSumExp().item == -.infinity)
  }

  @Test func nothingHasNoExtremes() async {
    await #expect(processExitsWith: .failure) { _ = Var.zeros(0).max() }
    await #expect(processExitsWith: .failure) { _ = Var.zeros(0).min() }
    await #expect(processExitsWith: .failure) { _ = Var.zeros(2, 0).argmax(axis: 1) }
    await #expect(processExitsWith: .failure) { _ = Var.zeros(2, 0).argmin(axis: 1) }
  }

  @Test func aNumberChangesNoShape() {
    let scalar = Var(Tensor(3))
    for result in [scalar * 2, 2 * scalar, scalar + 1, 1 - scalar, scalar / 2] {
      #expect(result.shape == [])
    }
    #expect((Var.ones(2, 1) * 2).shape == [2, 1])
  }

  @Test func anAxisCountsFromTheEndIfItIsNegative() {
    let x = Var.range(0, 6).reshape([2, 3])
    #expect(x.sum(axes: -1).data == x.sum(axes: 1).data)
    #expect(x.softmax(axis: -2).data == x.softmax(axis: 0).data)
    #expect(x.permute(-1, 0).data == x.t().data)
    #expect(cat([x, x], axis: -1).shape == [2, 6])
  }
}
