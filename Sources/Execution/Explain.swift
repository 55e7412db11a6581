import NeuronikaGraphs

#if canImport(Glibc)
  import Glibc
#endif

/// `NEURONIKA_EXPLAIN=1`: prints each plan when it is compiled, and its times when it has run.
enum Explain {
  static let isOn = getenv("NEURONIKA_EXPLAIN").map { String(cString: $0) != "0" } ?? false

  private static func write(_ text: String) {
    var text = text + "\n"
    text.withUTF8 { _ = Glibc.write(2, $0.baseAddress, $0.count) }
  }

  /// Prints the steps of a plan.
  static func show(_ plan: Plan) {
    write(describe(plan))
  }

  static func describe(_ plan: Plan) -> String {
    var lines = [
      "plan \(name(of: plan)): \(plan.inputs.count) inputs, \(plan.threads) threads, "
        + "shared \(plan.passes.shared), folded \(plan.passes.bias) bias "
        + "\(plan.passes.relu) relu, fused \(plan.passes.fused)"
    ]
    for (title, segment) in segments(plan) {
      let owned = segment.owned.reduce(0) { $0 + $1.count * 4 }
      lines.append("  \(title): \(bytes(segment.arenaSize * 4)) arena, \(bytes(owned)) kept")
      for step in segment.steps { lines.append("    " + describe(step)) }
    }
    return lines.joined(separator: "\n")
  }

  private static func name(of plan: Plan) -> String {
    let digits = String(UInt(bitPattern: plan.hash), radix: 16)
    return String(repeating: "0", count: max(0, 16 - digits.count)) + digits
  }

  private static func segments(_ plan: Plan) -> [(String, Segment)] {
    [("forward", plan.forward)] + (plan.backward.map { [("backward", $0)] } ?? [])
  }

  static func describe(_ step: Step) -> String {
    switch step {
    case .product(let step):
      let contraction = step.product.contraction
      return "product " + (contraction.batch == 1 ? "" : "\(contraction.batch) × ")
        + "\(contraction.m)×\(contraction.k)\(contraction.transposesLeft ? "ᵀ" : "") · "
        + "\(contraction.k)×\(contraction.n)\(contraction.transposesRight ? "ᵀ" : "")"
        + (step.product.bias == nil ? "" : " + bias") + (step.product.hasRelu ? ", relu" : "")
        + (step.product.usesPrimitive ? " (primitive)" : " (sgemm)")
    case .convolution(let step):
      let product = step.product
      let what =
        switch product.role {
        case .output: "convolution \(product.input) by \(product.kernel)"
        case .inputGradient: "convolution's input gradient \(product.output) by \(product.kernel)"
        case .kernelGradient: "convolution's kernel gradient \(product.input), \(product.output)"
        }
      return what + (product.bias == nil ? "" : " + bias") + (product.hasRelu ? ", relu" : "")
        + (step.isDirect ? " (direct)" : product.suitsWinograd ? " (Winograd where it can)" : "")
    case .windows(let step):
      let what =
        switch step.work {
        case .maxPool(.greatest): "max pooling"
        case .maxPool(.route): "max pooling's gradient"
        case .maxPool(.select): "max pooling's choice"
        case .resampling: "resampling"
        }
      return "\(what) of images \(step.input) \(step.output)"
    case .assembly(let step): return "assembly of \(step.parts.count) parts to \(step.count)"
    case .slices(let step): return step.adds ? "scatter" : "gather"
    case .opaque(let step): return "\(step.name) on tensors"
    case .random(let step): return "random \(step.count)"
    case .tiles(let program):
      let size = program.width.map { "\(program.rows) rows of \($0)" } ?? "\(program.count)"
      let words = program.listing.prefix(12).joined(separator: ", ")
      return "tiles \(size): " + words + (program.listing.count > 12 ? ", …" : "")
        + " (\(program.instructions.count) instructions, \(program.registerCount) registers, "
        + "\(program.views.count) strided loads)"
    }
  }

  private static func bytes(_ count: Int) -> String {
    count < 10_000
      ? "\(count) B" : count < 10_000_000 ? "\(count / 1000) KB" : "\(count / 1_000_000) MB"
  }

  /// Runs a segment step by step and prints the time of each.
  static func timed(_ plan: Plan, _ segment: Segment, _ run: (Step) -> Void) {
    let clock = ContinuousClock()
    var lines = ["run of plan \(name(of: plan)):"]
    for step in segment.steps {
      let time = clock.measure { run(step) }
      let nanoseconds = time.components.attoseconds / 1_000_000_000
      lines.append("    \(nanoseconds / 1000).\(nanoseconds / 100 % 10) µs  " + describe(step))
    }
    write(lines.joined(separator: "\n"))
  }
}
