import Foundation
import Neuronika
import NeuronikaBenchmarking

/// Reading data: a table of numbers, and images.
let loadingBenchmarks: [Benchmark] = [
  Benchmark(
    "load/csv", group: "loading", summary: "2,000 rows of 14 numbers",
    work: Benchmark.Work(items: 2000, unit: "rows")
  ) {
    var random = SplitMix(seed: 1)
    let names = (0..<14).map { "c\($0)" }
    let rows = (0..<2000).map { _ in names.map { _ in String(random.uniform(-100, 100)) } }
    let text = ([names] + rows).map { $0.joined(separator: ",") }.joined(separator: "\n") + "\n"
    let file = TemporaryFile(Data(text.utf8), "csv")
    let read = { try! Table(csv: file.path) }
    return Benchmark.Prepared(
      run: { for _ in 0..<$0 { _ = read() } },
      verify: {
        let last = try read().matrix().elements.last
        guard last == Float(rows[1999][13]) else {
          throw WrongResult("load/csv: the last number is \(last as Any), not \(rows[1999][13])")
        }
      })
  },
  Benchmark(
    "load/idx", group: "loading", summary: "2,000 images of 28 × 28, and a batch of 64 of them",
    work: Benchmark.Work(items: 2000, unit: "images", bytes: 2000 * 784)
  ) {
    let (images, labels) = (IDXBytes.images(2000), IDXBytes.labels(2000))
    let files = (TemporaryFile(images, "idx3"), TemporaryFile(labels, "idx1"))
    let read = {
      let data = try! ImageDataset(images: IDXFile(files.0.path), labels: IDXFile(files.1.path))
      return data.batches(of: 64).first { _ in true }!
    }
    return Benchmark.Prepared(
      run: { for _ in 0..<$0 { _ = read() } },
      verify: {
        let pixel = read().0.elements[784 * 63]
        let expected = Float(images[16 + 784 * 63]) / 255
        guard pixel == expected else {
          throw WrongResult("load/idx: a pixel is \(pixel), not \(expected)")
        }
      })
  },
]

/// A file that is gone when nothing needs it any more.
private final class TemporaryFile {
  let path: String

  init(_ data: Data, _ kind: String) {
    path =
      FileManager.default.temporaryDirectory.path + "/neuronika-bench-\(UUID().uuidString).\(kind)"
    _ = FileManager.default.createFile(atPath: path, contents: data)
  }

  deinit { try? FileManager.default.removeItem(atPath: path) }
}

private enum IDXBytes {
  static func images(_ count: Int) -> Data {
    var random = SplitMix(seed: 2)
    let pixels = (0..<count * 784).map { _ in UInt8(truncatingIfNeeded: random.next()) }
    return header([count, 28, 28]) + pixels
  }

  static func labels(_ count: Int) -> Data { header([count]) + (0..<count).map { UInt8($0 % 10) } }

  private static func header(_ extents: [Int]) -> Data {
    Data([0, 0, 8, UInt8(extents.count)])
      + extents.flatMap { extent in
        (0..<4).map { UInt8(truncatingIfNeeded: extent >> (24 - 8 * $0)) }
      }
  }
}
