import NeuronikaGraphs
import NeuronikaTensors
import NeuronikaVariables

/// A convolution over two spatial axes: over images.
///
/// Each output channel is the cross-correlation of the input with a kernel of its own, plus a number:
/// see ``Variable/convolution(_:stride:padding:paddingMode:dilation:groups:)``.
///
/// **Shape:** `[N, inputs, H, W]` → `[N, outputs, H′, W′]`, each extent L becoming
/// ⌊(L + 2 padding − dilation (kernelSize − 1) − 1) / stride⌋ + 1.
///
/// **Initial values:** weight and bias are drawn uniformly from −k up to k, k = √(groups / (inputs ·
/// kernel elements)), as those of ``Linear``.
///
/// **Complexity:** 2 · inputs / groups · kernel elements flops for each element of the output forwards,
/// twice that backwards.
///
/// ```swift
/// let layer = Conv2d(3, 16, kernelSize: 3, padding: 1)
/// print(layer(Var.rand(8, 3, 32, 32)).shape)  // [8, 16, 32, 32]
/// ```
public struct Conv2d: Layer {
  /// The kernels, of shape `[outputs, inputs / groups, T, U]`.
  public var weight: VarDiff
  /// What is added to each output channel, of shape `[outputs]`; `nil` for nothing.
  public var bias: VarDiff?
  /// How far the kernel moves.
  public let stride: PerAxis
  /// How much stands around the input on both sides of each spatial axis.
  public let padding: PerAxis
  /// What stands there.
  public let paddingMode: PaddingMode
  /// How far apart the kernel's elements lie.
  public let dilation: PerAxis
  /// How many parts input and output channels fall into.
  public let groups: Int

  /// A layer with random values. What doesn't fit together stops the program.
  ///
  /// - Parameters:
  ///   - inputs: The channels of the input, at least 1.
  ///   - outputs: The channels of the output, at least 1.
  ///   - kernelSize: The extents of the kernel.
  ///   - stride: How far the kernel moves, at least 1.
  ///   - padding: How much stands around the input on both sides of each spatial axis.
  ///   - paddingMode: What stands there.
  ///   - dilation: How far apart the kernel's elements lie, at least 1.
  ///   - groups: How many parts the channels fall into; as many as inputs for a depthwise convolution.
  ///   - bias: Whether a bias is added.
  ///   - source: Where the values come from. Takes one draw for the weight and then one for the bias.
  public init(
    _ inputs: Int, _ outputs: Int, kernelSize: PerAxis, stride: PerAxis = 1, padding: PerAxis = 0,
    paddingMode: PaddingMode = .zero, dilation: PerAxis = 1, groups: Int = 1, bias: Bool = true,
    using source: RandomSource = .current
  ) {
    let arguments = ConvolutionArguments(
      "Conv2d", axes: 2, inputs, outputs, kernelSize: kernelSize, stride: stride, padding: padding,
      dilation: dilation, groups: groups)
    (self.stride, self.padding, self.paddingMode) = (stride, padding, paddingMode)
    (self.dilation, self.groups) = (dilation, groups)
    let shape = Shape([outputs, inputs / groups] + arguments.kernel)
    let fan = shape.count / outputs
    weight = learnable("weight", shape, fan: fan, source)
    self.bias = bias ? learnable("bias", Shape(outputs), fan: fan, source) : nil
  }

  /// The weight, then the bias.
  public var children: Children { ["weight": weight, "bias": bias] }

  /// Applies the convolution.
  ///
  /// - Parameter input: `[N, inputs, H, W]`. Other channels, or fewer elements than the kernel reaches
  ///   over, stop the program.
  public func callAsFunction(_ input: some Variable) -> VarDiff {
    addingChannels(
      bias,
      to: input.convolution(
        weight, stride: stride, padding: padding, paddingMode: paddingMode, dilation: dilation,
        groups: groups))
  }

  /// The layer in a word, like `Conv2d(3 → 16, 3×3, stride 2)`.
  public var description: String {
    ConvolutionArguments.description(
      "Conv2d", weight.shape[1] * groups, weight.shape[0], kernel: weight.shape, stride: stride,
      padding: padding, paddingMode: paddingMode, dilation: dilation, groups: groups,
      hasBias: bias != nil)
  }
}
