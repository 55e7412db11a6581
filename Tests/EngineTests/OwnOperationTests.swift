import NeuronikaExecution
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

/// An operation whose lowering is a closure on tensors.
private struct Reversed: Operation {
  static let name = "reversed"
  let times: Int

  func shape(of operands: Shapes) throws(ShapeError) -> Shape { operands[0] }

  func specification(_ x: [ReferenceTensor], shape: Shape) -> ReferenceTensor {
    ReferenceTensor(shape: shape, elements: reversed(x[0].elements))
  }

  func pullback(_ upstream: VarDiff, operands x: [VarDiff], output: VarDiff) -> [VarDiff?] {
    [upstream.applying(self)]
  }

  func lowering(of operands: [Shape], to shape: Shape) -> Lowering {
    .opaque(OpaqueFunction { x in Tensor(reversed(x[0].elements), shape: x[0].shape) })
  }

  func writeAttributes(to structure: inout StructureWriter) { structure.append(times) }

  private func reversed<Element>(_ elements: [Element]) -> [Element] {
    (0..<times).reduce(elements) { elements, _ in elements.reversed() }
  }
}

/// The identity, whose gradient reaches the greatest of each row only: by labels that are computed when
/// it is.
private struct GreatestOnly: Operation {
  static let name = "greatestOnly"

  func shape(of operands: Shapes) throws(ShapeError) -> Shape { operands[0] }

  func specification(_ x: [ReferenceTensor], shape: Shape) -> ReferenceTensor { x[0] }

  func pullback(_ upstream: VarDiff, operands x: [VarDiff], output: VarDiff) -> [VarDiff?] {
    [upstream * x[0].argmax(axis: 1).oneHot(classes: x[0].shape[1])]
  }

  func lowering(of operands: [Shape], to shape: Shape) -> Lowering { .elementwise(.operand(0)) }
}

@Suite struct OwnOperationTests {
  @Test func aPullbackMayComputeLabels() {
    let x = Var.from([[1, 5, 2], [7, 0, 3]]).requiresGrad()
    for turn in 1...2 {
      let y = (x * 2).applying(GreatestOnly()).sum()
      y.forward()
      y.backward()
      #expect(y.item == 36)
      let slope = Float(2 * turn)
      #expect(x.grad.elements == [0, slope, 0, slope, 0, 0])
    }
  }

  @Test func aTypeMayBeLoweredToAClosureOnTensors() throws {
    let x = Var.from([1, 2, 3]).requiresGrad()
    let weights = Var.from([1, 10, 100])
    let (once, twice) = (x.applying(Reversed(times: 1)), x.applying(Reversed(times: 2)))
    #expect(once.data.elements == [3, 2, 1] && twice.data.elements == [1, 2, 3])
    (once * weights).sum().backward()
    #expect(x.grad.elements == [100, 10, 1])
    let again = EngineStatistics.structure(of: x.applying(Reversed(times: 1)).node)
    #expect(
      again.words == EngineStatistics.structure(of: x.applying(Reversed(times: 1)).node).words)
    #expect(
      again.words != EngineStatistics.structure(of: x.applying(Reversed(times: 2)).node).words)
    try checkGradients(
      of: { $0[0].applying(Reversed(times: 1)).square().sum() }, at: [random([4])])
  }

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

/// x³ on tensors.
@Sendable private func cubes(_ x: [Tensor]) -> Tensor { x[0].mapped { $0 * $0 * $0 } }

/// x · y element by element, and how often that was computed.
private func multiplication(counting calls: Calls) -> TensorOperation {
  TensorOperation("times") { x in
    calls.count += 1
    return Tensor(zip(x[0].elements, x[1].elements).map(*), shape: x[0].shape)
  } gradient: { upstream, x, _ in
    zip([x[1], x[0]], [upstream, upstream]).map { other, upstream in
      Tensor(zip(upstream.elements, other.elements).map(*), shape: other.shape)
    }
  }
}

private final class Calls: @unchecked Sendable {
  var count = 0
}

/// What an operation of the user's states as closures on tensors.
@Suite(.serialized) struct TensorOperationTests {
  private static let cube = TensorOperation("cube", forward: cubes) { upstream, x, _ in
    [upstream * x[0] * x[0] * 3]
  }

  @Test func aClosureOnTensorsJustRuns() {
    let x = Var.from([1, 2, -3])
    #expect(TensorOperationTests.cube(x).data.elements == [1, 8, -27])
    let y = (TensorOperationTests.cube(x + 1) * 2).sum()
    #expect(y.item == 54)
  }

  @Test func aPullbackStatedAsAGraphIsDifferentiatedTwice() {
    let x = Var.from([1, 2, -3]).requiresGrad()
    let y = TensorOperationTests.cube(x).sum()
    y.backward()
    #expect(y.item == -18 && x.grad.elements == [3, 12, 27])
    let slope = grad(of: y, wrt: [x])[0]
    #expect(grad(of: slope.sum(), wrt: [x])[0].data.elements == [6, 12, -18])
  }

  @Test func aGradientStatedOnTensorsReachesAllOperands() {
    let times = multiplication(counting: Calls())
    let (a, b) = (random([3, 4], 1), random([3, 4], 2))
    let (x, y) = (Var(a).requiresGrad(), Var(b).requiresGrad())
    let (u, v) = (Var(a).requiresGrad(), Var(b).requiresGrad())
    (times(x.exp(), y) * 2).sum().backward()
    (u.exp() * v * 2).sum().backward()
    #expect(x.grad.isNear(u.grad) && y.grad.isNear(v.grad))
    // One operand is no VarDiff; the other is there twice.
    let z = Var(a).requiresGrad()
    times(Var(b), z).sum().backward()
    #expect(z.grad == b)
    z.zeroGrad()
    times(z, z).sum().backward()
    #expect(z.grad == a.mapped { $0 * 2 })
  }

  @Test func operandsAreDenseWhateverViewsTheyAre() {
    let flatten = TensorOperation("flatten", shape: { Shape($0[0].count) }) { x in
      x[0].reshaped(to: Shape(x[0].count))
    } gradient: { upstream, x, _ in
      [upstream.reshaped(to: x[0].shape)]
    }
    let x = Var.from([[1, 2, 3], [4, 5, 6]]).requiresGrad()
    #expect(flatten(x.t()).data.elements == [1, 4, 2, 5, 3, 6])
    #expect(flatten(x[0..<2, 1..<2]).data.elements == [2, 5])
    #expect(flatten(Var.from([7]).broadcast(to: [2, 2])).data.elements == [7, 7, 7, 7])
    let weights = Var.from([1, 2, 3, 4, 5, 6])
    (flatten(x.t()) * weights).sum().backward()
    #expect(x.grad.elements == [1, 3, 5, 2, 4, 6])
  }

  @Test func twoOperationsNeverShareAPlanAndOneAlwaysHasTheSame() {
    func scaled(_ factor: Float) -> TensorOperation {
      TensorOperation("scaled") { x in
        x[0].mapped { $0 * factor }
      } pullback: { upstream, _, _ in
        [upstream * factor]
      }
    }
    let x = Var.from([1, 2]).requiresGrad()
    for factor in [2, 3, 5, 7] as [Float] {
      // Each at an address that the one before may have had.
      let y = scaled(factor)(x).sum()
      x.zeroGrad()
      y.backward()
      #expect(y.item == 3 * factor && x.grad.elements == [factor, factor])
    }
    func words(_ operation: TensorOperation) -> [Int] {
      EngineStatistics.structure(of: operation(x).sum().node).words
    }
    let once = scaled(11)
    #expect(words(once) == words(once) && words(once) != words(scaled(11)))
  }

  /// Among other operations, with values held or not, closures give what the engine's own operation
  /// gives, whatever passes do to what is around them.
  @Test(arguments: 1...40) func inAGraphTheyStandForTheEnginesOwn(_ seed: UInt64) {
    var numbers = Numbers(seed)
    let moves = (0..<12).map { _ in Int(numbers.bits() % 9) }
    let places = (0..<24).map { _ in Int(numbers.bits() % 8) }
    let (a, b) = (numbers.tensor([6, 6]), numbers.tensor([6, 6]))
    let held = numbers.bits()

    func run(_ times: (VarDiff, VarDiff) -> VarDiff) -> [Tensor] {
      let leaves = [Var(a).requiresGrad(), Var(b).requiresGrad()]
      var pool = leaves
      for (step, move) in moves.enumerated() {
        let x = pool[places[2 * step] % pool.count]
        let y = pool[places[2 * step + 1] % pool.count]
        let new =
          switch move {
          case 0: x.t()
          case 1: (x + y).tanh()
          case 2: x.mm(y).tanh()
          case 3: x.softmax(axis: 1) - y
          case 4: x.sum(axes: 0).broadcast(to: [6, 6]).tanh()
          case 5: x.relu() * 0.5 + 1
          default: times(x, y)
          }
        pool.append(new)
      }
      let loss = times(pool[pool.count - 1], pool[pool.count - 2]).sum()
      let kept = pool.enumerated().filter { held >> UInt64($0.offset) & 1 == 1 }.map(\.element)
      pool = []
      loss.forward()
      // What a backward plans for itself has to agree too.
      if held & 1 == 1 { (loss * 1).backward() } else { loss.backward() }
      return [loss.data] + kept.map(\.data) + leaves.map(\.grad)
    }
    let closure = multiplication(counting: Calls())
    for (ours, engines) in zip(run { closure($0, $1) }, run { $0 * $1 }) {
      #expect(ours.isNear(engines, 1e-4))
    }
  }

  @Test func aPlanDoesNotKeepWhatAClosureCaptured() {
    weak var captured: Calls?
    do {
      let calls = Calls()
      captured = calls
      let x = Var.from([1, 2]).requiresGrad()
      let y = multiplication(counting: calls)(x, x).sum()
      y.backward()
      #expect(x.grad.elements == [2, 4] && calls.count == 1)
      // A plan for the backward alone, which finds the product stored.
      let z = multiplication(counting: calls)(x, x)
      z.forward()
      (z * 2).sum().backward()
      #expect(x.grad.elements == [6, 12] && calls.count == 2)
    }
    #expect(captured == nil)
  }

  @Test func anOperationMadeInAPullbackLivesAsLongAsThePlan() {
    let outer = TensorOperation("outer", forward: cubes) { upstream, x, _ in
      let slope = TensorOperation("slope") { x in x[0].mapped { 3 * $0 * $0 } }
      return [upstream * slope(x[0])]
    }
    let x = Var.from([1, 2]).requiresGrad()
    for _ in 0..<3 {
      x.zeroGrad()
      outer(x).sum().backward()
      #expect(x.grad.elements == [3, 12])
    }
  }

  @Test func aClosureMayComputeGraphsOfItsOwn() {
    // x · x + 2 Σ x
    let inner = TensorOperation("inner", shape: { _ in Shape() }) { x in
      let leaf = Var(x[0]).requiresGrad()
      let y = (leaf * leaf).sum()
      y.backward()
      return Tensor(leaf.grad.elements.reduce(y.item, +))
    } pullback: { upstream, x, _ in
      [upstream * (x[0] * 2 + 2)]
    }
    let x = Var.from([1, 2, 3]).requiresGrad()
    let y = inner(x * 2) * 2 + x.square().sum()
    y.backward()
    #expect(y.item == 2 * (56 + 24) + 14)
    // 2 · 2 · (2 · 2x + 2) + 2x
    #expect(x.grad.elements == [26, 44, 62])
  }

  @Test func theReferenceExecutorCallsTheClosureInFloat() throws {
    let x = random([2, 3], 5)
    try checkGradients(
      of: { TensorOperationTests.cube($0[0]).sum() }, at: [x], step: 0.05, tolerance: 1e-3)
    let times = multiplication(counting: Calls())
    try checkGradients(
      of: { times($0[0], $0[1]) }, at: [x, random([2, 3], 6)], step: 0.05, tolerance: 1e-3)
  }

  @Test func aSharedOperandListMayMixBothKinds() {
    let sum = TensorOperation("sumOfThree") { x in
      var total = x[0]
      for operand in x[1...] { total = Tensor(zip(total.elements, operand.elements).map(+)) }
      return total
    } pullback: { upstream, x, _ in
      x.map { _ in upstream }
    }
    let (a, b, c) = (Var.ones(2), Var.ones(2).requiresGrad(), Var.ones(2))
    let plain: Var = sum([a, c, a])
    let mixed: VarDiff = sum([a, b, c])
    mixed.backward()
    #expect(plain.data.elements == [3, 3] && b.grad.elements == [1, 1])
  }

  @Test func aFirstDerivativeOnTensorsIsComputedAndASecondRefused() async {
    let times = multiplication(counting: Calls())
    let x = Var.from([1, 2]).requiresGrad()
    let slope = grad(of: times(x, x).sum(), wrt: [x])[0]
    #expect(slope.data.elements == [2, 4])
    let result = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
      let times = multiplication(counting: Calls())
      let x = Var.from([1, 2]).requiresGrad()
      grad(of: times(x, x).sum(), wrt: [x])[0].backward()
    }
    #expect(
      result.says(
        "times: states its gradient on tensors, so it can't be differentiated again"),
      "\(result.text.prefix(400))")
  }

  @Test func anOperationWithoutAGradientComputesButIsNotDifferentiated() async {
    let round = TensorOperation("roundUp") { x in x[0].mapped { $0.rounded(.up) } }
    #expect(round(Var.from([0.5]).requiresGrad()).data.elements == [1])
    let result = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
      let round = TensorOperation("roundUp") { x in x[0].mapped { $0.rounded(.up) } }
      round(Var.from([0.5]).requiresGrad()).backward()
    }
    #expect(
      result.says("roundUp: has no gradient, but a backward goes through it"),
      "\(result.text.prefix(400))")
  }

  @Test func aTensorOfAnotherShapeThanTheRuleSaysIsRefused() async {
    let result = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
      let wrong = TensorOperation("wrong") { x in x[0].reshaped(to: [3, 2]) }
      wrong(Var.ones(2, 3)).forward()
    }
    #expect(
      result.says(
        "wrong: the closure gave a tensor of shape [3, 2], but the shape rule says [2, 3]"),
      "\(result.text.prefix(400))")
  }

  @Test func aShapeRuleRefusesInItsOwnWords() async {
    let result = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
      let determinant = TensorOperation("determinant") { operands throws(ShapeError) in
        guard operands[0].rank == 2 else { throw ShapeError("takes a matrix, not \(operands[0])") }
        return Shape()
      } forward: { x in
        Tensor(x[0][0, 0] * x[0][1, 1] - x[0][0, 1] * x[0][1, 0])
      }
      _ = determinant(Var.ones(4))
    }
    #expect(result.says("determinant: takes a matrix, not [4]"), "\(result.text.prefix(400))")
  }

  @Test func aPullbackOfTheWrongShapeIsRefused() async {
    let result = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
      let wrong = TensorOperation("wrong", forward: cubes) { upstream, _, _ in [upstream.sum()] }
      wrong(Var.ones(2, 3).requiresGrad()).sum().backward()
    }
    #expect(
      result.says(
        "wrong: the pullback gave a gradient of shape [] for operand 0, which has [2, 3]"),
      "\(result.text.prefix(400))")
  }
}
