import Foundation
import NeuronikaDatasets
import NeuronikaTensors
import Testing

@Suite struct DigitsTests {
  @Test("The built-in digits are the same anywhere and always, drawn or from the cache")
  func fixed() throws {
    try withFolder { cache in
      let drawn = try ImageData.builtInDigits(cache: cache)
      #expect(drawn.sha256 == BuiltInDigits.sha256)
      #expect(drawn.train.count == 20_000 && drawn.test.count == 4_000)
      #expect(drawn.train.imageShape == [28, 28] && drawn.classNames.count == 10)
      let kept = try ImageData.builtInDigits(cache: cache)
      #expect(kept.sha256 == drawn.sha256 && kept.name == "built-in digits")
      #expect(kept.test.pixels(ofRow: 3999) == drawn.test.pixels(ofRow: 3999))
      // They are real IDX files, and a broken one is drawn anew.
      let file = cache + "/" + BuiltInDigits.folder + "/t10k-images-idx3-ubyte"
      let images = try IDXFile(file)
      #expect(images.shape == [4000, 28, 28])
      try write(Array(images.bytes.prefix(1000)), file)
      #expect(try ImageData.builtInDigits(cache: cache).sha256 == drawn.sha256)
      #expect(try IDXFile(file) == images)
    }
  }

  @Test("A cache that can't be written is done without")
  func withoutCache() throws {
    #expect(try ImageData.builtInDigits(cache: "/dev/null").test.count == 4_000)
  }

  @Test("Training and test digits are drawn from different forms, several for each")
  func forms() {
    #expect(Glyph.forTraining.count == 10 && Glyph.forTest.count == 10)
    for (train, test) in zip(Glyph.forTraining, Glyph.forTest) {
      #expect(Set(train).count == train.count && train.count >= 8)
      #expect(Set(test).count == test.count && test.count >= 4)
      #expect(Set(train).isDisjoint(with: test))
    }
  }

  @Test("Every digit is drawn as often, each image by its number alone, with ink and paper")
  func images() {
    let (images, labels) = BuiltInDigits.draw(
      500, from: Glyph.forTest, seed: 3, stream: 0, name: "t10k")
    for digit in 0..<10 { #expect(labels.bytes.count { $0 == digit } == 50) }
    for image in 0..<500 {
      let pixels = images.bytes[(image * 784)..<((image + 1) * 784)]
      #expect(pixels.max()! > 100)
      #expect(pixels.count { $0 < 80 } > 784 / 2)
    }
    let again = BuiltInDigits.draw(500, from: Glyph.forTest, seed: 3, stream: 0, name: "t10k")
    #expect(again.images == images && again.labels == labels)
    let other = BuiltInDigits.draw(500, from: Glyph.forTest, seed: 4, stream: 0, name: "t10k")
    #expect(other.images != images)
  }

  @Test("A pen goes through its points, smoothly or with corners")
  func strokes() {
    let corner = Glyph("0,0 10,0| 10,20 / @0,0 4,0 4,4 0,4")
    #expect(corner.strokes.map(\.isClosed) == [false, true])
    #expect(corner.strokes[0].runs == [[[0, 0], [10, 0]], [[10, 0], [10, 20]]])
    let lines = corner.lines(steps: 4) { $0 + [1, 1] }
    // Between corners there are straight lines.
    #expect(lines[0].allSatisfy { $0.y == 1 || $0.x == 11 })
    #expect(lines[1].first == lines[1].last)
    for point in [[1, 1], [5, 1], [5, 5], [1, 5]] as [SIMD2<Double>] {
      #expect(lines[1].contains(point))
    }
  }
}
