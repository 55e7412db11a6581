import NeuronikaGraphs
import NeuronikaTensors
import NeuronikaVariables

/// A transposed convolution over three spatial axes: over volumes, or images in time.
///
/// It turns each element into a patch and adds patches up: it enlarges where ``Conv3d`` with a stride
/// shrinks. See ``Variable/transposedConvolution(_:stride:padding:outputPadding:dilation:groups:)``.
///
/// **Shape:** `[N, inputs, D, H, W]` → `[N, outputs, D′, H′, W′]`, each extent L becoming
/// stride (L − 1) + dilation (kernelSize − 1) + 1 − 2 padding + outputPadding.
///
/// **Initial values:** weight and bias are drawn uniformly from −k up to k, k = √(groups / (outputs ·
/// kernel elements)), as PyTorch has it.
///
/// **Complexity:** 2 · outputs / groups · kernel elements flops for each element of the input forwards,
/// twice that backwards.
///
/// ```swift
/// let layer = ConvTranspose3d(4, 1, kernelSize: 2, stride: 2)
/// print(layer(Var.rand(2, 4, 4, 4, 4)).shape)  // [2, 1, 8, 8, 8]
/// ```
public struct ConvTranspose3d: Layer {
  /// The kernels, of shape `[inputs, outputs / groups, T, U, V]`.
  public var weight: VarDiff
  /// What is added to each output channel, of shape `[outputs]`; `nil` for nothing.
  public var bias: VarDiff?
  /// How far apart the patches lie.
  public let stride: PerAxis
  /// How much is cut off on both sides of each spatial axis.
  public let padding: PerAxis
  /// How much is added at the end of each spatial axis.
  public let outputPadding: PerAxis
  /// How far apart the kernel's elements lie.
  public let dilation: PerAxis
  /// How many parts input and output channels fall into.
  public let groups: Int

  /// A layer with random values. What doesn't fit together stops the program.
  ///
  /// - Parameters:
  ///   - inputs: The channels of the input, at least 1.
  ///   - outputs: The channels of the output, at least 1.
  ///   - kernelSize: The extents of a patch.
  ///   - stride: How far apart the patches lie, at least 1.
  ///   - padding: How much is cut off on both sides of each spatial axis.
  ///   - outputPadding: How much is added at the end of each spatial axis, below the stride.
  ///   - dilation: How far apart the kernel's elements lie, at least 1.
  ///   - groups: How many parts the channels fall into.
  ///   - bias: Whether a bias is added.
  ///   - source: Where the values come from. Takes one draw for the weight and then one for the bias.
  public init(
    _ inputs: Int, _ outputs: Int, kernelSize: PerAxis, stride: PerAxis = 1, padding: PerAxis = 0,
    outputPadding: PerAxis = 0, dilation: PerAxis = 1, groups: Int = 1, bias: Bool = true,
    using source: RandomSource = .current
  ) {
    let arguments = ConvolutionArguments(
      "ConvTranspose3d", axes: 3, inputs, outputs, kernelSize: kernelSize, stride: stride,
      padding: padding, dilation: dilation, groups: groups)
    (self.stride, self.padding, self.outputPadding) = (stride, padding, outputPadding)
    (self.dilation, self.groups) = (dilation, groups)
    let shape = Shape([inputs, outputs / groups] + arguments.kernel)
    let fan = shape.count / inputs
    weight = learnable("weight", shape, fan: fan, source)
    self.bias = bias ? learnable("bias", Shape(outputs), fan: fan, source) : nil
  }

  /// The weight, then the bias.
  public var children: Children { ["weight": weight, "bias": bias] }

  /// Applies the transposed convolution.
  ///
  /// - Parameter input: `[N, inputs, D, H, W]`. Other channels stop the program.
  public func callAsFunction(_ input: some Variable) -> VarDiff {
    addingChannels(
      bias,
      to: input.transposedConvolution(
        weight, stride: stride, padding: padding, outputPadding: outputPadding, dilation: dilation,
        groups: groups))
  }

  /// The layer in a word, like `ConvTranspose3d(16 → 3, 2×2×2, stride 2)`.
  public var description: String {
    ConvolutionArguments.description(
      "ConvTranspose3d", weight.shape[0], weight.shape[1] * groups, kernel: weight.shape,
      stride: stride, padding: padding, outputPadding: outputPadding, dilation: dilation,
      groups: groups, hasBias: bias != nil)
  }
}
