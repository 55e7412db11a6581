import Neuronika
import Testing

@Suite struct LeafTests {
  @Test func theLinesOfTheReadmeRunAsTheyStand() {
    let x = Var.rand(5)
    let q = Var.rand(5, 5)
    let y = x.vm(q).vv(x)
    y.forward()
    print(y)
    let w = Var.rand(3, 3).requiresGrad()
    let b = Var.rand(3).requiresGrad()
    let input = Var.rand(10, 3)
    let h = input.mm(w.t()) + b
    h.forward()
    h.backward(1.0)
    #expect(y.shape == Shape() && h.shape == Shape(10, 3))
    #expect(b.grad == [10, 10, 10])
  }

  @Test func constructorsGiveShapesAndValues() {
    #expect(Var.zeros(2, 3).data == .zeros([2, 3]) && Var.zeros([2, 3]).shape == [2, 3])
    #expect(Var.ones().data == 1 && Var.ones([4]).data == [1, 1, 1, 1])
    #expect(Var.full([2, 2], 7).data == [[7, 7], [7, 7]])
    #expect(Var.eye(2).data == [[1, 0], [0, 1]])
    #expect(Var.range(0, 1, step: 0.25).data == [0, 0.25, 0.5, 0.75])
    #expect(Var.linspace(0, 1, 5).data == [0, 0.25, 0.5, 0.75, 1])
    #expect(Var.logspace(base: 2, 0, 3, 4).data == [1, 2, 4, 8])
    #expect(Var.geomspace(1, 8, 4)?.data == [1, 2, 4, 8])
    #expect(Var.geomspace(-1, 8, 4) == nil)
    #expect(Var.from([[1, 2], [3, 4]]).shape == [2, 2])
    let elements: [Float] = [1, 2, 3, 4]
    #expect(Var.from(elements).shape == [4] && Var.from(elements, shape: [2, 2]).shape == [2, 2])
  }

  @Test func randomLeavesFollowTheSourceTheyAreGiven() {
    let tensor = Tensor.rand([3, 4], using: RandomSource(seed: 5))
    #expect(Var.rand(3, 4, using: RandomSource(seed: 5)).data == tensor)
    #expect(Var.rand([3, 4], using: RandomSource(seed: 5)).data == tensor)
    #expect(withSeed(5) { Var.rand(3, 4).data } == tensor)
    var generator = Generator(seed: 5)
    #expect(Var.rand([3, 4], using: &generator).data == tensor)
    #expect(Var.randn([3, 4], using: &generator).data != tensor)
    #expect(Var.randn(3, 4, using: RandomSource(seed: 5)).shape == [3, 4])
  }

  @Test func onlyLeavesHaveNames() async {
    let leaf = Var.ones(2)
    leaf.name = "mean"
    #expect(leaf.name == "mean" && leaf.requiresGrad().name == "mean")
    await #expect(processExitsWith: .failure) { (Var.ones(2) + 1).name = "sum" }
  }
}
