import Foundation

extension Benchmark {
  /// Work of which nothing is ever changed, to be measured in every round: arithmetic that stays in
  /// registers, and a copy that no cache holds. If one of them moves between two sides, the machine
  /// did, and the run says nothing.
  public static var controls: [Benchmark] { [arithmetic, copy] }

  private static var arithmetic: Benchmark {
    Benchmark(
      "control/arithmetic", group: "control", summary: "20,000 dependent multiply-adds",
      work: Work(items: 20_000, unit: "steps", flops: 40_000), isControl: true
    ) {
      // A field that is stored to: work without a visible result would be left out.
      let result = Cell()
      return Prepared(
        run: { iterations in
          for _ in 0..<iterations {
            var value = result.value
            for _ in 0..<20_000 { value = (value * 0.999_999).addingProduct(1e-3, 1e-3) }
            result.value = value
          }
        },
        verify: {
          guard result.value.isFinite else {
            throw WrongResult("control/arithmetic: the sum is \(result.value)")
          }
        })
    }
  }

  private static var copy: Benchmark {
    let bytes = 1 << 24
    return Benchmark(
      "control/copy", group: "control", summary: "16 MB from one place to another",
      work: Work(items: 1, unit: "copies", bytes: Double(2 * bytes)), isControl: true
    ) {
      let (from, to) = (Block(bytes, filledWith: 1), Block(bytes, filledWith: 2))
      return Prepared(
        run: { iterations in
          for _ in 0..<iterations { memcpy(to.start, from.start, bytes) }
        },
        verify: {
          memcpy(to.start, from.start, bytes)
          guard memcmp(to.start, from.start, bytes) == 0 else {
            throw WrongResult("control/copy: the copy differs")
          }
        })
    }
  }

  private final class Cell { var value = 1.0 }

  private final class Block {
    let start: UnsafeMutableRawPointer

    init(_ bytes: Int, filledWith value: Int32) {
      start = .allocate(byteCount: bytes, alignment: 64)
      memset(start, value, bytes)
    }

    deinit { start.deallocate() }
  }
}
