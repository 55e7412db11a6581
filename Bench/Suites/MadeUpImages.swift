import Neuronika
import NeuronikaBenchmarking

/// Images to be read and learnt: noise, and bright where the class shows.
struct MadeUpImages {
  /// Of 28 × 28 pixels; of class c, rows 2c + 4 and 2c + 5 are bright.
  let images: IDXFile
  /// 0 … 9 in turn.
  let labels: IDXFile

  init(_ count: Int) {
    var random = SplitMix(seed: 2)
    let noise = (0..<count * 98).map { _ in random.next() }
    var pixels = noise.withUnsafeBytes { [UInt8]($0) }
    let classes = (0..<count).map { UInt8($0 % 10) }
    for (image, label) in classes.enumerated() {
      let first = 784 * image + 28 * (2 * Int(label) + 4)
      for pixel in first..<first + 56 { pixels[pixel] |= 0x80 }
    }
    images = IDXFile(pixels, shape: [count, 28, 28], source: "made-up images")
    labels = IDXFile(classes, shape: [count], source: "made-up labels")
  }
}
