import NeuronikaExecution
import NeuronikaGraphs
import NeuronikaTensors
import NeuronikaVariables
import Testing

/// Multiplies by the first of two attributes.
private struct Scaled: Operation {
  static let name = "scaled"
  var factor: Int
  var unused: Int

  func shape(of operands: Shapes) throws(ShapeError) -> Shape { operands[0] }
  func specification(_ x: [ReferenceTensor], shape: Shape) -> ReferenceTensor {
    x[0].map { $0 * Double(factor) }
  }
  func pullback(_ upstream: VarDiff, operands x: [VarDiff], output: VarDiff) -> [VarDiff?] {
    [upstream * Float(factor)]
  }
  func lowering(of operands: [Shape], to shape: Shape) -> Lowering {
    .elementwise(.operand(0) * .constant(Float(factor)))
  }
  func writeAttributes(to structure: inout StructureWriter) {
    structure.append(factor)
    structure.append(unused)
  }
}

@Suite struct PlanCacheTests {
  @Test func plansOfEqualHashesAreComparedInFull() throws {
    let x = Var.from([1, 2, 3])
    func scaled(_ factor: Int, _ unused: Int) -> Var {
      Var(apply(Scaled(factor: factor, unused: unused), x.node))
    }
    func mixed(_ hash: UInt64, _ word: UInt64) -> UInt64 {
      let product = (hash ^ word) &* 0xFF51_AFD7_ED55_8CCD
      return product ^ product >> 32
    }
    let first = scaled(5, 1)
    let (words, hash) = EngineStatistics.structure(of: first.node)
    let type = Int(bitPattern: ObjectIdentifier(Scaled.self))
    let place = try #require(words.firstIndex(of: type)) + 1
    let before = words[..<place].reduce(0x9E37_79B9_7F4A_7C15) {
      mixed($0, UInt64(bitPattern: Int64($1)))
    }
    // The second attribute undoes the difference that the first makes.
    let unused = 1 ^ mixed(before, 5) ^ mixed(before, 7)
    let second = scaled(7, Int(Int64(bitPattern: unused)))
    let other = EngineStatistics.structure(of: second.node)
    try #require(other.hash == hash, "the hash is another now: adapt this test")
    #expect(other.words != words)

    #expect(first.data.elements == [5, 10, 15])
    #expect(second.data.elements == [7, 14, 21])
    #expect(scaled(5, 1).data.elements == [5, 10, 15])
  }

  @Test func whatAPlanDependsOnIsPartOfTheStructure() {
    func words(_ build: (VarDiff, VarDiff) -> VarDiff) -> [Int] {
      let (x, y) = (Var.ones(4, 4).requiresGrad(), Var.ones(4, 4).requiresGrad())
      return EngineStatistics.structure(of: build(x, y).node).words
    }
    let base = words { x, y in x + y }
    #expect(base == words { x, y in x + y })
    #expect(base != words { x, y in x - y }, "the operation")
    #expect(base != words { x, _ in x + x }, "the wiring")
    #expect(base != words { x, _ in x + Var.ones(4, 4) }, "differentiability")
    #expect(base != words { x, _ in x + Var.ones(1, 4).requiresGrad() }, "shapes")
    #expect(words { x, _ in x.sum(axes: 0) } != words { x, _ in x.sum(axes: 1) }, "axes")
    #expect(words { x, _ in x.pow(2) } != words { x, _ in x.pow(3) }, "whole exponents")
    #expect(words { x, _ in x.permute(0, 1) } != words { x, _ in x.permute(1, 0) })
    #expect(words { x, _ in x.reshape([2, 8]) } != words { x, _ in x.reshape([8, 2]) })
    #expect(words { x, _ in x * 2 } == words { x, _ in x * 3 }, "a number is an argument")
    #expect(
      words { x, _ in x.pow(0.5) } == words { x, _ in x.pow(1.5) }, "a real exponent is an argument"
    )
    #expect(words { x, _ in x.leakyRelu(slope: 0.1) } == words { x, _ in x.leakyRelu(slope: 0.2) })
    let number = words { x, _ in x * 2 }
    #expect(number != words { x, _ in x * Var(Tensor(2)) }, "a leaf of rank 0 is no number")
  }

  @Test func aComputedInputIsNoLeaf() {
    let leaf = Var.ones(3).requiresGrad()
    let computed = Var.ones(3).requiresGrad() * 2
    computed.forward()
    let (a, b) = ((leaf + 1).sum(), (computed + 1).sum())
    #expect(
      EngineStatistics.structure(of: a.node).words != EngineStatistics.structure(of: b.node).words)
  }

  @Test func aHandleOrAnotherConsumerMakesAnotherPlanAndTheSameValue() {
    let x = Var.from(random([5])).requiresGrad()
    func build() -> VarDiff { (x * 2).tanh().sum() }
    let alone = build()
    let inner = x * 2
    let held = inner.tanh().sum()
    #expect(
      EngineStatistics.structure(of: alone.node).words
        != EngineStatistics.structure(of: held.node).words)
    #expect(alone.data == held.data)
    withExtendedLifetime(inner) {}
  }

  @Test func theNumberOfThreadsIsPartOfTheStructure() async {
    await #expect(processExitsWith: .success) {
      let y = Var.ones(3) + 1
      let one = withThreads(1) { EngineStatistics.structure(of: y.node).words }
      let two = withThreads(2) { EngineStatistics.structure(of: y.node).words }
      #expect(one != two)
    }
  }
}
