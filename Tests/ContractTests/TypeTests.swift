import NeuronikaGraphs
import NeuronikaTensors
import Testing

/// Differentiability is a matter of types: this file compiles, or it does not.
@Suite struct TypeTests {
  let v = Var(leaf(Tensor.ones([2, 2]), isDifferentiable: false).node)
  let d = leaf(Tensor.ones([2, 2]))

  @Test func operatorsGiveAVarDiffExactlyIfAnOperandIsOne() {
    let _: [Var] = [v + v, v - v, v * v, v / v, -v]
    let _: [VarDiff] = [v + d, v - d, v * d, v / d]
    let _: [VarDiff] = [d + v, d - v, d * v, d / v]
    let _: [VarDiff] = [d + d, d - d, d * d, d / d, -d]
  }

  @Test func scalarsMayStandOnBothSides() {
    let _: [Var] = [v + 1, v - 1, v * 2, v / 2, 1 + v, 1 - v, 2 * v, 2 / v]
    let _: [VarDiff] = [d + 1, d - 1, d * 2, d / 2, 1 + d, 1 - d, 2 * d, 2 / d]
    let learned: Float = 0.5
    let _: [VarDiff] = [d * learned, learned * d, 2 * d + 1]
  }

  @Test func productsGiveAVarDiffExactlyIfAnOperandIsOne() {
    let (vector, learned) = (v.sum(axes: 0), d.sum(axes: 0))
    let _: [Var] = [v.mm(v), v.mmT(v), v.mv(vector), vector.vm(v), vector.vv(vector)]
    let _: [VarDiff] = [v.mm(d), v.mmT(d), v.mv(learned), vector.vm(d), vector.vv(learned)]
    let _: [VarDiff] = [d.mm(v), d.mmT(v), d.mv(vector), learned.vm(v), learned.vv(vector)]
    let _: [VarDiff] = [d.mm(d), d.mmT(d), d.mv(learned), learned.vm(d), learned.vv(learned)]
  }

  @Test func lossesTakeLabelsOfBothKinds() {
    let labels = Var(leaf(Tensor.zeros([2]), isDifferentiable: false).node)
    let _: Var = v.crossEntropy(labels)
    let _: [VarDiff] = [
      d.crossEntropy(labels), v.crossEntropy(VarDiff(labels)), d.crossEntropy(VarDiff(labels)),
    ]
    let _: Var = v.negativeLogLikelihood(labels, classWeights: labels, reduction: .sum)
    let _: VarDiff = d.negativeLogLikelihood(labels)
  }

  @Test func lossesOfPairsGiveAVarDiffExactlyIfAnOperandIsOne() {
    let _: [Var] = [
      v.binaryCrossEntropy(v), v.binaryCrossEntropyWithLogits(v), v.klDivergence(v), v.huber(v),
      v.smoothL1(v), v.crossEntropy(probabilities: v),
    ]
    let _: [VarDiff] = [
      d.binaryCrossEntropy(v), v.binaryCrossEntropyWithLogits(d), d.klDivergence(d), v.huber(d),
      d.smoothL1(v), v.crossEntropy(probabilities: d),
    ]
  }

  @Test func lookupsGiveAVarDiffExactlyIfAnOperandIsOne() {
    let i = Var(leaf(Tensor.zeros([2, 2]), isDifferentiable: false).node)
    let _: [Var] = [
      v.gather(axis: 0, indices: i), v.scatterAdd(axis: 0, indices: i, values: v),
      v.sum(axes: 0).indexAdd(axis: 0, indices: i, values: v), embedding(v, i),
    ]
    let _: [VarDiff] = [
      d.gather(axis: 0, indices: i), v.scatterAdd(axis: 0, indices: i, values: d),
      d.scatterAdd(axis: 0, indices: i, values: v), embedding(d, i),
      d.sum(axes: 0).indexAdd(axis: 0, indices: i, values: v),
    ]
    let (w, bias) = (v.reshape([1, 2, 2]), v.sum(axes: 0)[0..<1])
    let _: [Var] = [bilinear(v, v, weight: w), bilinear(v, v, weight: w, bias: bias)]
    let _: [VarDiff] = [
      bilinear(v, d, weight: w), bilinear(d, d, weight: w, bias: bias),
      bilinear(v, v, weight: w, bias: VarDiff(bias)), bilinear(v, v, weight: VarDiff(w)),
    ]
  }

  @Test func aLiteralExponentIsWholeWhereItCanBe() {
    #expect(d.pow(2).node.operation is Power)
    #expect(d.pow(-1).node.operation is Power)
    #expect(d.pow(2.5).node.operation is RealPower)
    #expect(d.pow(2.0).node.operation is RealPower)
  }

  @Test func comparisonsGiveAVar() {
    let _: [Var] = [v .< v, v .<= d, d .> v, d .>= d, d .== 1, v .!= 0]
    let _: [Var] = [d.argmax(axis: 0), v.argmin(), d.oneHot(classes: 2)]
  }

  @Test func choicesGiveAVarDiffExactlyIfAnOperandIsOne() {
    let _: [Var] = [v.where(d .> 0, else: v), v.where(v, else: 1), v.maximum(v), v.minimum(0)]
    let _: [VarDiff] = [
      d.where(v, else: v), v.where(d, else: d), d.where(v, else: 0), d.maximum(v), v.minimum(d),
    ]
    let _: Var = cat([v, v])
    let _: VarDiff = cat([d, d])
    let _: VarDiff = cat([v, d])
    let _: VarDiff = stack([d, v])
    let _: [Var] = [v.matmul(v), einsum("ij,jk", v, v), v.sum(axes: 0).outer(v.sum(axes: 1))]
    let _: [VarDiff] = [v.matmul(d), d.matmul(v), einsum("ij,jk", v, d), einsum("ij,jk", d, d)]
  }

  @Test func operationsOfOneOperandKeepTheType() {
    let _: [Var] = [
      v.relu(), v.leakyRelu(), v.leakyRelu(slope: 0.2), v.abs(), v.sqrt(), v.exp(), v.ln(),
      v.sigmoid(), v.tanh(), v.softplus(), v.pow(2), v.pow(0.5), v.softmax(axis: 1),
      v.logSoftmax(axis: 0), v.sum(), v.sum(axes: 0), v.sum(axes: 0, 1, keepingAxes: true),
      v.mean(), v.mean(axes: -1, keepingAxes: true), v.t(), v.permute(1, 0), v.reshape([4]),
      v.unsqueeze(0).squeeze(0), v.broadcast(to: [3, 2, 2]), v.sin(), v.gelu(.tanh), v.selu(),
      v.clamp(min: 0), v.max(), v.min(axes: 0), v.variance(axes: 1, correction: 0), v.norm(),
      v.logSumExp(axes: 0, 1), v.cumsum(axis: 0), v.layerNorm(), v.pad([1], mode: .replicative),
      v.chunks([1, 2])[0], v[0, .all], v.flip(axes: 0), v.dropout(probability: 0.5),
    ]
    let _: VarDiff = d.relu().exp().softmax(axis: 1).sum()
  }
}
