import NeuronikaGraphs
import NeuronikaTensors
import NeuronikaVariables
import Testing

@Suite struct DifferentiabilityTests {
  let v = Var.from(random([2, 2]))
  let d = Var.from(random([2, 2], 2)).requiresGrad()

  @Test func anOperationWithAVarDiffIsAVarDiffAndOneOfVarsIsAVar() {
    let vars: [Var] = [v + v, v.mm(v), v * 2, v.relu(), v.t().sum()]
    let differentiable: [VarDiff] = [
      v + d, d + v, d + d, v.mm(d), d.mm(v), d * 2, d.relu(), d.sum(),
    ]
    #expect(vars.allSatisfy { !$0.node.isDifferentiable })
    #expect(differentiable.allSatisfy { $0.node.isDifferentiable })
  }

  @Test func detachedGoesBackAndLetsNoGradientThrough() {
    let detached: Var = (d * 2).detached()
    let y = (detached * d).sum()
    y.backward()
    #expect(d.grad == d.data.mapped { $0 * 2 })
    #expect(!detached.node.isDifferentiable)
    let product: Var = detached * v
    #expect(!product.node.isDifferentiable)
  }

  @Test func whatIsBelowADetachedVariableIsNoParameter() {
    let other = Var.ones(2, 2).requiresGrad()
    #expect((d.detached() * other).parameters().map { $0.node.mark == 0 ? 0 : 1 }.count == 1)
    #expect((d.detached() * other).parameters()[0].node === other.node)
    #expect(VarDiff(d.detached()).parameters().isEmpty)
  }

  @Test func aViewAsDifferentiableNeverGetsAGradient() {
    let view = VarDiff(v)
    let y = (view * d + VarDiff(d.detached())).sum()
    y.backward()
    #expect(view.grad == .zeros([2, 2]))
    #expect(VarDiff(v).grad == .zeros([2, 2]))
    #expect(d.grad == v.data)
    #expect(view.node === v.node, "a view is the same vertex")
  }

  @Test func aHeldViewOfADetachedVariableNeverGetsAGradient() {
    let view = VarDiff(d.detached())
    (view * d).sum().backward()
    #expect(view.grad == .zeros([2, 2]))
  }

  @Test func aLoopVariableMayStartAsAView() {
    var state = VarDiff(Var.zeros(2, 2))
    for _ in 0..<3 { state = state * 0.5 + d }
    state.sum().backward()
    #expect(d.grad == Tensor(repeating: 1.75, shape: [2, 2]))
  }

  @Test func backwardOfAViewDoesNothing() {
    VarDiff(v * 2).sum().backward()
    VarDiff(v).backward()
    #expect(VarDiff(v).grad == .zeros([2, 2]))
  }

  @Test func requiresGradMakesALeafOfItsOwn() {
    let leaf = v.requiresGrad()
    leaf.data[0, 0] = 100
    #expect(v.data[0, 0] != 100)
  }
}
