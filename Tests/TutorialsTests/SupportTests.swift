import Foundation
import Neuronika
import NeuronikaTutorials
import Testing
import TutorialRunning

/// Four IDX files of tiny images, each with its number as its pixels.
@MainActor private func digits(training: Int, test: Int) throws -> ImageData {
  let folder = try scratch()
  func write(_ name: String, _ shape: [Int], _ bytes: [UInt8]) throws {
    let sizes = shape.flatMap { size in
      (0..<4).reversed().map { UInt8(truncatingIfNeeded: size >> (8 * $0)) }
    }
    try Data([0, 0, 8, UInt8(shape.count)] + sizes + bytes)
      .write(to: URL(fileURLWithPath: "\(folder)/\(name)"))
  }
  for (part, count, first) in [("train", training, 0), ("t10k", test, training)] {
    let numbers = (first..<first + count).map { UInt8($0) }
    try write("\(part)-images-idx3-ubyte", [count, 2, 3], numbers.flatMap { [$0, 0, 0, 0, 0, 9] })
    try write("\(part)-labels-idx1-ubyte", [count], numbers.map { $0 % 10 })
  }
  return try ImageData(folder: folder)
}

@Suite("What the tutorials on digits share")
@MainActor
struct SupportTests {
  private func numbers(_ part: ImageDataset) -> [UInt8] {
    (0..<part.count).map { part.pixels(ofRow: $0)[0] }
  }

  @Test("no image is in two parts", arguments: [nil, 50, 1000])
  func parts(limit: Int?) throws {
    let parts = DigitParts(try digits(training: 200, test: 40), limit: limit, seed: 3)
    let (training, validation) = (numbers(parts.training), numbers(parts.validation))
    let test = numbers(parts.test)
    let count = min(limit ?? 200, 200)
    #expect(training.count == count * 9 / 10 && validation.count == count / 10)
    #expect(test.count == min(limit.map { $0 / 2 } ?? 40, 40))
    #expect(
      Set(training + validation + test).count == training.count + validation.count + test.count)
    #expect(test.allSatisfy { $0 >= 200 })
    let again = DigitParts(try digits(training: 200, test: 40), limit: limit, seed: 3)
    #expect(numbers(again.training) == training)
    let other = DigitParts(try digits(training: 200, test: 40), limit: limit, seed: 4)
    #expect(numbers(other.training) != training)
  }

  /// Says that an image is of the class that its first pixel names.
  private struct Reader: Layer {
    var children: Children { [:] }
    let weight = Tensor((0..<60).map { $0 < 10 ? Float($0) : 0 }, shape: [6, 10])

    func callAsFunction(_ x: some Variable) -> VarDiff {
      x.reshape([x.shape[0], 6]).mm(Var(weight).requiresGrad())
    }
  }

  @Test("scores don't depend on the size of the batches")
  func scores() throws {
    let images = try digits(training: 200, test: 40).test
    let model = Reader()
    let (one, many) = (Scores(model, on: images, batchSize: 7), Scores(model, on: images))
    #expect(one.logits == many.logits && one.labels == many.labels)
    #expect(many.logits.shape == [40, 10])
    #expect(many.predictions == [Int](repeating: 9, count: 40))
    #expect(many.accuracy == 0.1)
    #expect(many.probabilities.sum(ofRow: 5).distance(to: 1).magnitude < 1e-5)
    let surprise = (0..<40).map { -log(Double(many.probabilities[$0, $0 % 10])) }
    #expect(abs(surprise.reduce(0, +) / 40 - many.loss) < 1e-3 * many.loss)
  }

  @Test("the worst mistakes come first, with class, guess and certainty")
  func worst() throws {
    let images = try digits(training: 200, test: 40).test
    let scores = Scores(Reader(), on: images)
    let worst = highestLosses(scores, on: images, classNames: (0..<10).map { "c\($0)" }, count: 5)
    #expect(worst.images.count == 5 && worst.captions.count == 5)
    // The larger the pixel the more certain is the wrong answer, and class 0 is the furthest from 9.
    #expect(worst.captions.first?.hasPrefix("c0→c9 ") == true)
  }

  @Test("what is moved out of an image is lost")
  func moved() throws {
    let images = try digits(training: 200, test: 40).test
    let (x, _) = images.movedRight(by: 1).batch(0..<1)
    #expect(x.elements == [0, 200.0 / 255, 0, 0, 0, 0])
    #expect(images.movedRight(by: 0).batch(0..<1).records == images.batch(0..<1).records)
  }

  @Test("columns of digits are ten of each class, and their mean")
  func columns() throws {
    let columns = digitColumns(
      try digits(training: 200, test: 40).train, classes: 10, rows: 3)
    #expect(columns.images.count == 30 && columns.means.count == 10)
  }
}

extension Tensor {
  fileprivate func sum(ofRow row: Int) -> Float { self[row, .all].elements.reduce(0, +) }
}
