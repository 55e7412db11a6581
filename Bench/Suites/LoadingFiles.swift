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
    let file = TemporaryFile("csv")
    try text.write(toFile: file.path, atomically: false, encoding: .utf8)
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
    let made = MadeUpImages(2000)
    let files = (TemporaryFile("idx3"), TemporaryFile("idx1"))
    try made.images.write(to: files.0.path)
    try made.labels.write(to: files.1.path)
    let read = {
      let data = try! ImageDataset(images: IDXFile(files.0.path), labels: IDXFile(files.1.path))
      return data.batches(of: 64).first { _ in true }!
    }
    return Benchmark.Prepared(
      run: { for _ in 0..<$0 { _ = read() } },
      verify: {
        let pixel = read().0.elements[784 * 63]
        let expected = Float(made.images.bytes[784 * 63]) / 255
        guard pixel == expected else {
          throw WrongResult("load/idx: a pixel is \(pixel), not \(expected)")
        }
      })
  },
]

/// The name of a file that is gone when nothing needs it any more.
private final class TemporaryFile {
  let path: String

  init(_ kind: String) {
    path =
      FileManager.default.temporaryDirectory.path + "/neuronika-bench-\(UUID().uuidString).\(kind)"
  }

  deinit { try? FileManager.default.removeItem(atPath: path) }
}
