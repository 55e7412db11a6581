import CNeuronikaOneDNN
import NeuronikaGraphs
import NeuronikaTensors

/// A product of matrices, as a step of a plan.
///
/// Large ones run as a oneDNN primitive with the bias folded in, and relu in place after it; small
/// ones as `dnnl_sgemm`, whose fixed cost is a tenth.
final class ProductStep {
  let product: Product
  let left: SlotOffset
  let right: SlotOffset
  let bias: SlotOffset?
  let out: Int
  private let specification: nk_matmul?

  init(_ product: Product, left: SlotOffset, right: SlotOffset, bias: SlotOffset?, out: Int) {
    (self.product, self.left, self.right, self.bias, self.out) = (product, left, right, bias, out)
    let (m, n, k) = (product.contraction.m, product.contraction.n, product.contraction.k)
    guard product.usesPrimitive else {
      specification = nil
      return
    }
    specification = nk_matmul(
      batch: product.contraction.batch, m: m, n: n, k: k,
      src_strides: product.contraction.transposesLeft ? (1, m) : (k, 1),
      weights_strides: product.contraction.transposesRight ? (1, k) : (n, 1),
      has_bias: product.bias == nil ? 0 : 1)
  }

  /// Whether the product takes some ten microseconds or more on one thread. Below, a second thread saves
  /// little where it has a processor for itself, and on a busy machine the wait for it costs much.
  var isParallel: Bool {
    product.contraction.size >= 1 << 20
  }

  func run(
    _ slots: UnsafeMutablePointer<UnsafeMutablePointer<Float>>, _ context: RunContext, threads: Int
  ) {
    let (m, n, k) = (product.contraction.m, product.contraction.n, product.contraction.k)
    let result = slots[out]
    let batch = product.contraction.batch
    if batch == 0 || m == 0 || n == 0 { return }
    if k == 0 { return result.update(repeating: 0, count: batch * m * n) }
    let (a, b) = (slots[left.slot] + left.offset, slots[right.slot] + right.offset)
    if let specification {
      let primitive = context.primitive(for: self, specification)
      context.lastConvolution = nil
      let status = nk_matmul_execute(
        primitive, context.stream, a, b, bias.map { slots[$0.slot] + $0.offset }, result,
        context.scratchpad)
      if status != dnnl_success { fatalError("oneDNN could not run a product: status \(status)") }
      if product.hasRelu { rectify(result, batch * m * n, threads) }
    } else {
      let (transposesLeft, transposesRight) = (
        product.contraction.transposesLeft, product.contraction.transposesRight
      )
      for item in 0..<batch {
        dnnl_sgemm(
          transposesLeft ? 84 : 78, transposesRight ? 84 : 78, Int64(m), Int64(n), Int64(k), 1,
          a + item * m * k, Int64(transposesLeft ? m : k), b + item * k * n,
          Int64(transposesRight ? k : n), 0, result + item * m * n, Int64(n))
      }
    }
  }
}

/// Relu in place. Not by oneDNN, whose relu makes 0 of NaN (and 0 of −0) where the tiles' keeps it:
/// a variable's being held would change bits. The memory is still in the cache.
func rectify(_ memory: UnsafeMutablePointer<Float>, _ count: Int, _ threads: Int) {
  let isSmall = count < TileProgram.parallelThreshold
  // In lines of the cache.
  ThreadTeam.divide((count + 15) / 16, threads: isSmall ? 1 : threads) { lines in
    let first = lines.lowerBound * 16
    let length = min(lines.upperBound * 16, count) - first
    Kernels.relu(memory + first, memory + first, nil, nil, 1, length)
  }
}

/// What one run of a plan has for itself: the primitives' memory objects, which carry pointers.
final class RunContext: @unchecked Sendable {
  nonisolated(unsafe) private static let engine: dnnl_engine_t = {
    var engine: dnnl_engine_t?
    guard dnnl_engine_create(&engine, dnnl_cpu, 0) == dnnl_success, let engine else {
      fatalError("oneDNN could not make a CPU engine")
    }
    return engine
  }()

  let stream: dnnl_stream_t
  /// What the primitives use while they run, as much as the greediest wants.
  private(set) var scratchpad: UnsafeMutableRawPointer?
  private var scratchpadSize = 0
  /// The convolution that ran last by oneDNN, if the scratchpad is as it left it.
  var lastConvolution: ConvolutionStep?
  /// The convolution whose output's gradient was just written there.
  private var prepared: ConvolutionStep?
  private var products = Primitives<nk_matmul_primitive>()
  private var convolutions = Primitives<nk_convolution_primitive>()

  init() {
    var stream: dnnl_stream_t?
    dnnl_stream_create(&stream, RunContext.engine, dnnl_stream_default_flags.rawValue)
    self.stream = stream!
  }

  deinit {
    products.destroy { nk_matmul_destroy($0) }
    convolutions.destroy { nk_convolution_destroy($0) }
    dnnl_stream_destroy(stream)
    scratchpad?.deallocate()
  }

  private func reserve(_ bytes: Int) {
    if bytes <= scratchpadSize { return }
    scratchpad?.deallocate()
    scratchpad = .allocate(byteCount: bytes, alignment: 64)
    scratchpadSize = bytes
    lastConvolution = nil
  }

  /// Whether the scratchpad holds the output's gradient as a step needs it, from the one before. Asked
  /// once before each runs.
  func hasOutput(of former: ConvolutionStep?, for step: ConvolutionStep) -> Bool {
    if step === prepared {
      prepared = nil
      return true
    }
    guard let former, former === lastConvolution else { return false }
    return nk_have_same_output(primitive(for: former), primitive(for: step)) != 0
  }

  /// Where an output's gradient is to be written in blocks of sixteen channels, if that is how all that
  /// read it, steps of one convolution, have it. They take it to be there.
  func blocks(for readers: [ConvolutionStep]) -> UnsafeMutablePointer<Float>? {
    guard let first = readers.first else { return nil }
    // Each may move the scratchpad.
    let primitives = readers.map { primitive(for: $0) }
    guard primitives[0].pointee.output_is_blocked != 0,
      primitives.allSatisfy({ nk_have_same_output(primitives[0], $0) != 0 }), let scratchpad
    else { return nil }
    prepared = first
    lastConvolution = nil
    return (scratchpad + primitives[0].pointee.operands.2.offset)
      .assumingMemoryBound(to: Float.self)
  }

  /// The primitive of a step. oneDNN caches the code by descriptor and thread count.
  func primitive(for step: ProductStep, _ specification: nk_matmul)
    -> UnsafeMutablePointer<nk_matmul_primitive>
  {
    products.primitive(for: step) { made in
      var specification = specification
      let status = nk_matmul_create(made, &specification, RunContext.engine)
      guard status == dnnl_success else {
        fatalError("oneDNN could not make a product \(step.product.contraction): status \(status)")
      }
      reserve(made.pointee.scratchpad.size)
    }
  }

  func primitive(for step: ConvolutionStep) -> UnsafeMutablePointer<nk_convolution_primitive> {
    convolutions.primitive(for: step) { made in
      var description = nk_convolution(step.product)
      let status = nk_convolution_create(made, &description, RunContext.engine)
      guard status == dnnl_success else {
        fatalError("oneDNN could not make a convolution \(step.product.geometry): status \(status)")
      }
      reserve(nk_convolution_scratchpad(made))
    }
  }
}

/// The primitives of steps, each made when it is first run.
private struct Primitives<Primitive> {
  private var made: [ObjectIdentifier: UnsafeMutablePointer<Primitive>] = [:]

  mutating func primitive(
    for step: AnyObject, make: (UnsafeMutablePointer<Primitive>) -> Void
  ) -> UnsafeMutablePointer<Primitive> {
    if let known = made[ObjectIdentifier(step)] { return known }
    let primitive = UnsafeMutablePointer<Primitive>.allocate(capacity: 1)
    make(primitive)
    made[ObjectIdentifier(step)] = primitive
    return primitive
  }

  func destroy(_ destroy: (UnsafeMutablePointer<Primitive>) -> Void) {
    for primitive in made.values {
      destroy(primitive)
      primitive.deallocate()
    }
  }
}
