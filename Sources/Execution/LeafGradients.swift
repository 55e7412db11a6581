import CNeuronikaTiles
import NeuronikaGraphs
import NeuronikaTensors

/// What is done to the gradients of many leaves at once. Absent gradients stand for zeros, and stay
/// absent.
package enum LeafGradients {
  /// The Euclidean norm of all gradients, taken as one vector. Reads each number once.
  ///
  /// Added up in `Double` in an order that doesn't depend on the number of threads.
  package static func norm(of leaves: [LeafState]) -> Double {
    let gradients = leaves.compactMap(\.gradient)
    var chunks: [(pointer: UnsafeMutablePointer<Float>, count: Int)] = []
    for gradient in gradients {
      for start in stride(from: 0, to: gradient.count, by: chunk) {
        chunks.append((gradient.storage.pointer + start, min(chunk, gradient.count - start)))
      }
    }
    let total = chunks.reduce(0) { $0 + $1.count }
    let available = total < TileProgram.parallelThreshold ? 1 : ThreadTeam.count
    let hasTeam = available > 1 && ThreadTeam.tryTake()
    defer { if hasTeam { ThreadTeam.release() } }
    let squares = [Double](unsafeUninitializedCapacity: chunks.count) { squares, initialized in
      initialized = chunks.count
      let memory = squares.baseAddress
      ThreadTeam.divide(chunks.count, threads: hasTeam ? available : 1) { share in
        for index in share {
          memory![index] = nk_total_squares(chunks[index].pointer, chunks[index].count)
        }
      }
    }
    return withExtendedLifetime(gradients) { squares.reduce(0, +).squareRoot() }
  }

  /// Multiplies all gradients by a number, in place.
  package static func scale(_ leaves: [LeafState], by factor: Float) {
    update(leaves, scaling, [factor])
  }

  /// Brings all gradients' numbers between −`bound` and `bound`, in place. NaN stays.
  package static func clamp(_ leaves: [LeafState], to bound: Float) {
    update(leaves, clamping, [-bound, bound])
  }

  /// How many numbers are added up at a time.
  private static let chunk = 16 * TileProgram.tile
  private static let scaling = UpdateProgram(operands: 1, numbers: 1) { x, n in [x[0] * n[0]] }
  private static let clamping = UpdateProgram(operands: 1, numbers: 2) { x, n in
    [.binary(.minimum, .binary(.maximum, x[0], n[0]), n[1])]
  }

  private static func update(_ leaves: [LeafState], _ program: UpdateProgram, _ numbers: [Float]) {
    var counts: [Int] = []
    var pointers: [UnsafeMutablePointer<Float>] = []
    for leaf in leaves where leaf.gradient != nil {
      leaf.gradient!.makeUnique()
      counts.append(leaf.gradient!.count)
      pointers.append(leaf.gradient!.storage.pointer)
    }
    program.run(counts: counts, pointers: pointers, numbers: numbers)
  }
}
