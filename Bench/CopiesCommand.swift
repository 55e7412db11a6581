import ArgumentParser
import Foundation
import Neuronika
import NeuronikaBenchmarking

/// One-pass operations beside a copy of as many bytes: what the memory allows.
struct CopiesCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "copies",
    abstract: "Measure cross-entropy and layer norm against a copy of the bytes they move.",
    discussion: """
      Forward and backward, each turn on other buffers, of 256 MB and more in all. Cross-entropy \
      reads its scores twice and writes their gradient once; layer norm reads its input twice and \
      the upstream gradient once, and writes a result and a gradient. The copy, by as many threads, \
      reads and writes as much in all.
      """)

  @Option(help: "How many rounds, at least 6.")
  var rounds = 40

  func validate() throws {
    if rounds < 6 { throw ValidationError("--rounds must be at least 6: fewer give no interval.") }
  }

  func run() throws {
    let rounds = rounds
    MainActor.assumeIsolated {
      let shapes = [(4096, 1000), (4096, 1024), (512, 8192), (65_536, 64)]
      var rows: [[String]] = []
      for (number, (height, width)) in shapes.enumerated() {
        rows += measure(rows: height, columns: width, rounds: rounds)
        progress("shape \(number + 1) of \(shapes.count)")
      }
      progress(nil)
      printTable(["operation", "shape", "median", "copy", "ratio", "95 % interval"], rows)
    }
  }
}

private func measure(rows height: Int, columns width: Int, rounds: Int) -> [[String]] {
  let bytes = height * width * 4
  let total = 1 << 28
  let inputs = (0..<total / bytes / 2 + 1).map { _ in Var.rand(height, width).requiresGrad() }
  let labels = Var(Tensor((0..<height).map { Float($0 % width) }))
  let upstream = Tensor.randn([height, width])
  let ring = CopyRing(bytes: bytes * 5 / 2, total: total)

  var samples: [String: (ours: [Double], copy: [Double])] = [:]
  func turn(_ name: String, moved: Int, _ round: Int, _ body: () -> Void) {
    let ours = nanoseconds(body)
    let copy = nanoseconds { ring.copy(round, bytes: moved / 2) }
    samples[name, default: ([], [])].ours.append(ours)
    samples[name, default: ([], [])].copy.append(copy)
  }
  // The first rounds compile and touch memory for the first time.
  for round in 0..<rounds + inputs.count {
    if round == inputs.count { samples = [:] }
    let x = inputs[round % inputs.count]
    turn("cross-entropy", moved: 3 * bytes, round) {
      let loss = x.crossEntropy(labels)
      loss.forward()
      loss.backward()
    }
    x.zeroGrad()
    turn("layer norm", moved: 5 * bytes, round) {
      let y = x.layerNorm()
      y.forward()
      y.backward(upstream)
    }
    x.zeroGrad()
  }
  return ["cross-entropy", "layer norm"].map { name in
    let (ours, copy) = samples[name]!
    let ratios = zip(ours, copy).map { $0 / $1 }
    let interval = medianInterval(ratios)!
    return [
      name, "\(height) × \(width)", time(median(ours)), time(median(copy)), digits(median(ratios)),
      "\(digits(interval.lowerBound)) … \(digits(interval.upperBound))",
    ]
  }
}

private func nanoseconds(_ body: () -> Void) -> Double {
  ContinuousClock().measure(body).nanoseconds
}

/// Pairs of buffers that take turns, so that none is in a cache when its turn comes.
private final class CopyRing {
  nonisolated(unsafe) private let pairs:
    [(from: UnsafeMutableRawPointer, to: UnsafeMutableRawPointer)]

  init(bytes: Int, total: Int) {
    pairs = (0..<max(2, total / bytes / 2 + 1)).map { _ in
      let pair = (
        UnsafeMutableRawPointer.allocate(byteCount: bytes, alignment: 64),
        UnsafeMutableRawPointer.allocate(byteCount: bytes, alignment: 64)
      )
      memset(pair.0, 1, bytes)
      memset(pair.1, 1, bytes)
      return pair
    }
  }

  deinit {
    for pair in pairs {
      pair.from.deallocate()
      pair.to.deallocate()
    }
  }

  /// Copies with a thread for each processor.
  func copy(_ turn: Int, bytes: Int) {
    nonisolated(unsafe) let pair = pairs[turn % pairs.count]
    let threads = ProcessInfo.processInfo.activeProcessorCount
    DispatchQueue.concurrentPerform(iterations: threads) { thread in
      let (first, last) = (thread * bytes / threads, (thread + 1) * bytes / threads)
      memcpy(pair.to + first, pair.from + first, last - first)
    }
  }
}
