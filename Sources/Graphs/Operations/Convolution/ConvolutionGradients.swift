import NeuronikaTensors

/// What a convolution's upstream gradient is worth to its input: the kernel's transpose applied to it.
package struct ConvolutionInputGradient: Operation {
  package static let name = "convolutionInputGradient"
  let geometry: ConvolutionGeometry
  /// The shape of the input.
  let target: Shape

  package init(_ geometry: ConvolutionGeometry, to target: Shape) {
    (self.geometry, self.target) = (geometry, target)
  }

  package func shape(of operands: Shapes) throws(ShapeError) -> Shape {
    let expected = try geometry.output(of: target, kernel: operands[1])
    guard operands[0] == expected else {
      throw ShapeError("the upstream gradient has shape \(operands[0]), the output \(expected)")
    }
    return target
  }

  package func specification(_ x: [ReferenceTensor], shape: Shape) -> ReferenceTensor {
    var result = ReferenceTensor(shape: shape) { _ in 0 }
    geometry.forEachTerm(input: shape, kernel: x[1].shape, output: x[0].shape) {
      result.elements[$0] += x[0].elements[$2] * x[1].elements[$1]
    }
    return result
  }

  package func pullback(_ upstream: VarDiff, operands x: [VarDiff], output: VarDiff) -> [VarDiff?] {
    [
      VarDiff(apply(Convolution(geometry), upstream.node, x[1].node)),
      VarDiff(
        apply(ConvolutionKernelGradient(geometry, to: x[1].shape), upstream.node, x[0].node)),
    ]
  }

  package func lowering(of operands: [Shape], to shape: Shape) -> Lowering {
    .convolution(geometry, .inputGradient)
  }

  package func writeAttributes(to structure: inout StructureWriter) {
    geometry.write(to: &structure)
    structure.append(target)
  }
}

/// What a convolution's upstream gradient is worth to its kernel: its correlation with the input.
package struct ConvolutionKernelGradient: Operation {
  package static let name = "convolutionKernelGradient"
  let geometry: ConvolutionGeometry
  /// The shape of the kernel.
  let target: Shape

  package init(_ geometry: ConvolutionGeometry, to target: Shape) {
    (self.geometry, self.target) = (geometry, target)
  }

  package func shape(of operands: Shapes) throws(ShapeError) -> Shape {
    let expected = try geometry.output(of: operands[0], kernel: target)
    guard operands[1] == expected else {
      throw ShapeError("the upstream gradient has shape \(operands[1]), the output \(expected)")
    }
    return target
  }

  package func specification(_ x: [ReferenceTensor], shape: Shape) -> ReferenceTensor {
    var result = ReferenceTensor(shape: shape) { _ in 0 }
    geometry.forEachTerm(input: x[0].shape, kernel: shape, output: x[1].shape) {
      result.elements[$1] += x[0].elements[$0] * x[1].elements[$2]
    }
    return result
  }

  package func pullback(_ upstream: VarDiff, operands x: [VarDiff], output: VarDiff) -> [VarDiff?] {
    [
      VarDiff(
        apply(ConvolutionInputGradient(geometry, to: x[0].shape), x[1].node, upstream.node)),
      VarDiff(apply(Convolution(geometry), x[0].node, upstream.node)),
    ]
  }

  package func lowering(of operands: [Shape], to shape: Shape) -> Lowering {
    .convolution(geometry, .kernelGradient)
  }

  package func writeAttributes(to structure: inout StructureWriter) {
    geometry.write(to: &structure)
    structure.append(target)
  }
}
