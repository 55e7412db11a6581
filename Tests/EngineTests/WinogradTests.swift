import NeuronikaGraphs
import NeuronikaTensors
import NeuronikaVariables
import Testing

/// Large convolutions by 3 × 3 are computed with another algorithm than the images one by one.
@Suite struct WinogradTests {
  /// What the output and both gradients are for a batch, and for its images one by one, of which
  /// each is too small for the algorithm.
  private struct Results {
    let whole: [Tensor]
    let parts: [Tensor]
  }

  private static func results(_ image: (UInt64) -> Tensor, _ kernel: Tensor) -> Results {
    let images = (0..<4).map { image(10 + $0) }
    let upstream = (0..<4).map { random([1, 32, 24, 24], 20 + $0) }
    func step(_ x: Tensor, _ g: Tensor) -> [Tensor] {
      let (x, w) = (Var.from(x).requiresGrad(), Var.from(kernel).requiresGrad())
      let y = x.convolution(w)
      y.backward(g)
      return [y.data, x.grad, w.grad]
    }
    func joined(_ tensors: [Tensor]) -> Tensor {
      var shape = tensors[0].shape.extents
      shape[0] *= tensors.count
      return Tensor(tensors.flatMap(\.elements), shape: Shape(shape))
    }
    let parts = zip(images, upstream).map(step)
    let sum = parts.dropFirst().reduce(parts[0][2].elements) { zip($0, $1[2].elements).map(+) }
    return Results(
      whole: step(joined(images), joined(upstream)),
      parts: [joined(parts.map { $0[0] }), joined(parts.map { $0[1] })]
        + [Tensor(sum, shape: kernel.shape)])
  }

  @Test(arguments: ["around 0", "positive", "of many sizes"])
  func theyAgreeWithTheSum(numbers: String) {
    let results = WinogradTests.results(
      { seed in
        random([1, 48, 26, 26], seed).mapped { number in
          switch numbers {
          case "positive": max(0, number + 0.5)
          case "of many sizes": number * number * number * number * number * 100
          default: number
          }
        }
      }, random([32, 48, 3, 3], 1))
    for (whole, parts) in zip(results.whole, results.parts) {
      let greatest = parts.elements.reduce(0) { max($0, $1.magnitude) }
      let worst = zip(whole.elements, parts.elements).reduce(0) { max($0, ($1.0 - $1.1).magnitude) }
      #expect(worst <= 4e-6 * greatest, "\(numbers): \(worst / greatest) of the greatest")
    }
  }

  @Test func theyAreWhatTheSpecificationGives() {
    let y = Var.from(random([7, 32, 14, 14], 1)).convolution(Var.from(random([64, 32, 3, 3], 2)))
    let reference = y.referenceValue().elements
    let greatest = reference.reduce(0) { max($0, $1.magnitude) }
    let worst = zip(y.data.elements, reference).reduce(0) {
      max($0, (Double($1.0) - $1.1).magnitude)
    }
    #expect(worst <= 4e-6 * greatest, "\(worst / greatest) of the greatest")
  }

  /// Bias and relu are added while the output is put in order, unless somebody holds what is before.
  @Test func biasAndReluHaveTheSameBitsIfTheConvolutionIsHeld() {
    let (image, kernel) = (random([4, 32, 26, 26], 1), random([48, 32, 3, 3], 2))
    let bias = Var.from(random([48], 3)).reshape([48, 1, 1])
    func output(_ finish: (Var) -> Var, holding: Bool) -> [UInt32] {
      var y: Var? = Var.from(image).convolution(Var.from(kernel))
      let z = finish(y!)
      if !holding { y = nil }
      z.forward()
      return withExtendedLifetime(y) { z.data.bits }
    }
    for finish: (Var) -> Var in [{ ($0 + bias).relu() }, { $0 + bias }, { $0.relu() }, { $0 * 1 }] {
      #expect(output(finish, holding: true) == output(finish, holding: false))
    }
  }

  /// In a process of its own: a plan that finds the thread team taken runs on one thread, where sums over
  /// images are added up in another order.
  @Test func gradientsStayTheSameWhenPlansAreReplayed() async {
    await #expect(processExitsWith: .success) {
      let x = Var.from(random([4, 32, 26, 26], 1)).requiresGrad()
      let w = Var.from(random([32, 32, 3, 3], 2)).requiresGrad()
      let y = x.convolution(w).relu().mean()
      var gradients: [[UInt32]] = []
      for _ in 0..<3 {
        y.forward()
        y.backward()
        gradients.append(x.grad.bits + w.grad.bits)
        x.zeroGrad()
        w.zeroGrad()
      }
      #expect(gradients[0] == gradients[1] && gradients[1] == gradients[2])
    }
  }

  /// The gradients of some leaves, twice, with what is before a pooling held or not. Held, the gradient
  /// of the pooling is somebody else's, too; else it is written as the convolution behind it wants it.
  private static func gradients(
    of leaves: [VarDiff], holding: Bool, _ before: () -> [VarDiff], _ after: (VarDiff) -> VarDiff
  ) -> [[UInt32]] {
    var steps = before()
    let root = after(steps[steps.count - 1])
    if !holding { steps = [] }
    var results: [[UInt32]] = []
    for _ in 0..<2 {
      root.forward()
      root.backward(random(root.shape, 4))
      results.append(leaves.flatMap(\.grad.bits))
      for leaf in leaves { leaf.zeroGrad() }
    }
    return withExtendedLifetime(steps) { results }
  }

  @Test(arguments: [true, false])
  func theGradientOfAPoolingHasTheSameBitsIfItIsHeld(isRectified: Bool) async {
    await #expect(processExitsWith: .success) { [isRectified] in
      let x = Var.from(random([4, 32, 26, 26], 1)).requiresGrad()
      let w = Var.from(random([48, 32, 3, 3], 2)).requiresGrad()
      let b = Var.from(random([48], 3)).requiresGrad()
      // So small a product that it runs on one thread.
      let v = Var.from(random([48 * 12 * 12, 10], 5))
      let behind: [(VarDiff) -> VarDiff] = [
        { $0.maxPool(kernelSize: 2) },
        { $0.maxPool(kernelSize: 2).reshape([4, 48 * 12 * 12]).mm(v) },
      ]
      for after in behind {
        func gradients(holding: Bool) -> [[UInt32]] {
          WinogradTests.gradients(of: [x, w, b], holding: holding) {
            let sum = x.convolution(w) + b.reshape([48, 1, 1])
            return isRectified ? [sum, sum.relu()] : [sum]
          } _: {
            after($0)
          }
        }
        let held = gradients(holding: true)
        #expect(held[0] == held[1])
        #expect(held == gradients(holding: false))
      }
    }
  }

  /// The pooled images are the convolution's, cut in two: no order of theirs is that of the others.
  @Test func theGradientOfAPoolingOfOtherImagesIsPutInOrder() async {
    await #expect(processExitsWith: .success) {
      let x = Var.from(random([1, 32, 50, 26], 1)).requiresGrad()
      let w = Var.from(random([64, 32, 3, 3], 2)).requiresGrad()
      func gradients(holding: Bool) -> [[UInt32]] {
        WinogradTests.gradients(of: [x, w], holding: holding) {
          let y = x.convolution(w)
          return [y, y.permute(0, 2, 3, 1).reshape([2, 24, 24, 64]).permute(0, 3, 1, 2)]
        } _: {
          $0.maxPool(kernelSize: 2)
        }
      }
      #expect(gradients(holding: true) == gradients(holding: false))
    }
  }

  @Test func thePoolingOfNoImagesHasGradientsOfZero() {
    let x = Var.from(Tensor([], shape: [0, 32, 26, 26])).requiresGrad()
    let w = Var.from(random([48, 32, 3, 3], 2)).requiresGrad()
    for _ in 0..<2 { x.convolution(w).maxPool(kernelSize: 2).sum().backward() }
    #expect(w.grad.elements.allSatisfy { $0 == 0 })
  }

  @Test func theGradientOfAPoolingIsThatOfItsImagesOneByOne() {
    let kernel = random([32, 32, 3, 3], 1)
    let images = (0..<4).map { random([1, 32, 26, 26], 10 + $0) }
    func gradients(_ x: Tensor) -> [Tensor] {
      let leaves = [x, kernel, random([32, 1, 1], 2)].map { Var.from($0).requiresGrad() }
      let y = (leaves[0].convolution(leaves[1]) + leaves[2]).relu().maxPool(kernelSize: 2)
      let upstream = (0..<32 * 12 * 12).map { Float($0 % 5) - 2 }
      y.backward(Tensor((0..<y.shape[0]).flatMap { _ in upstream }, shape: y.shape))
      return leaves.map(\.grad)
    }
    let all = gradients(Tensor(images.flatMap(\.elements), shape: [4, 32, 26, 26]))
    let parts = images.map(gradients)
    let sums = [1, 2].map { leaf in
      parts.dropFirst().reduce(parts[0][leaf].elements) { zip($0, $1[leaf].elements).map(+) }
    }
    for (whole, sum) in zip(all, [parts.flatMap { $0[0].elements }] + sums) {
      let greatest = sum.reduce(0) { max($0, $1.magnitude) }
      let worst = zip(whole.elements, sum).reduce(0) { max($0, ($1.0 - $1.1).magnitude) }
      #expect(worst <= 4e-6 * greatest, "\(worst / greatest) of the greatest")
    }
  }

  @Test func aNaNStaysInItsBlock() {
    var image = random([4, 32, 26, 26])
    image[1, 5, 13, 13] = .nan
    let y = Var.from(image).convolution(Var.from(random([32, 32, 3, 3]))).data
    #expect(y[1, 0, 11, 11].isNaN && y[1, 31, 13, 13].isNaN)
    let far = y.elements.enumerated().filter { $0.element.isNaN }.contains { place, _ in
      let (row, column) = (place / 24 % 24, place % 24)
      return place / (32 * 24 * 24) != 1 || abs(row - 12) > 4 || abs(column - 12) > 4
    }
    #expect(!far)
  }
}
