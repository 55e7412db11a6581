import NeuronikaTensors

/// The digits that the project draws itself, where MNIST can't be had.
package enum BuiltInDigits {
  /// The SHA-256 of what ``ImageData/builtInDigits(cache:)`` holds. Another drawing is another data
  /// set: it takes another folder in the cache, and other expectations of what is learnt from it.
  package static let sha256 =
    "ccc0635afcb6953dec3292cefb1bcda371d880b351167deb799db682a40bc4cd"
  package static let folder = "built-in-digits-1"

  /// Draws digits, all classes equally often, in random order.
  ///
  /// Every image depends on the seed, the stream and its own number alone.
  ///
  /// - Parameters:
  ///   - count: How many.
  ///   - glyphs: The forms to draw from, by digit.
  ///   - stream: Which of the seed's sequences, below 2³².
  package static func draw(
    _ count: Int, from glyphs: [[Glyph]], seed: UInt64, stream: UInt64, name: String
  ) -> (images: IDXFile, labels: IDXFile) {
    let side = DigitDrawing.side
    var pixels: [UInt8] = []
    pixels.reserveCapacity(count * side * side)
    let labels = Draw(seed: seed, number: stream).permutation(count).map { $0 % glyphs.count }
    for (number, label) in labels.enumerated() {
      var random = RandomWords(seed: seed, stream: stream << 32 | UInt64(number))
      let glyph = glyphs[label][random.below(glyphs[label].count)]
      pixels += DigitDrawing(glyph, random: &random).pixels
    }
    return (
      IDXFile(pixels, shape: Shape([count, side, side]), source: name + "-images-idx3-ubyte"),
      IDXFile(labels.map(UInt8.init), shape: Shape(count), source: name + "-labels-idx1-ubyte")
    )
  }
}

extension ImageData {
  /// 20,000 digits to learn from and 4,000 to test with, drawn by the library itself: the same
  /// anywhere and always.
  ///
  /// The pen follows strokes that are distorted at random. Training and test images come from
  /// different strokes, so that a network can't pass by knowing them by heart. A linear model gets
  /// some 89 % right, a multilayer perceptron 99 %, a convolutional network 99.5 %.
  ///
  /// They are drawn once, in about a second, and then kept as IDX files in the cache. A cache that
  /// can't be written is done without.
  ///
  /// - Parameter cache: The folder of the cache; without, ``DataCache/folder``.
  public static func builtInDigits(cache: String? = nil) throws(DataFileError) -> ImageData {
    let name = "built-in digits"
    let folder = (try? cache ?? DataCache.folder).map { $0 + "/" + BuiltInDigits.folder }
    if let folder, let kept = try? ImageData(folder: folder, name: name),
      kept.sha256 == BuiltInDigits.sha256
    {
      return kept
    }
    let train = BuiltInDigits.draw(
      20_000, from: Glyph.forTraining, seed: 1, stream: 0, name: "train")
    let test = BuiltInDigits.draw(4_000, from: Glyph.forTest, seed: 1, stream: 1, name: "t10k")
    if let folder {
      try? makeFolder(folder)
      for file in [train.images, train.labels, test.images, test.labels] {
        try? file.write(to: folder + "/" + file.source)
      }
    }
    return try ImageData(name: name, train: train, test: test)
  }
}
