import Foundation
import NeuronikaDatasets
import NeuronikaTensors
import Testing

@Suite struct ImageTests {
  static func images(_ count: Int, rows: Int = 2, columns: Int = 3) throws -> ImageDataset {
    let pixels = (0..<(count * rows * columns)).map { UInt8(truncatingIfNeeded: $0) }
    return try ImageDataset(
      images: IDXFile(pixels, shape: [count, rows, columns]),
      labels: IDXFile((0..<count).map { UInt8($0 % 10) }, shape: [count]))
  }

  @Test("Bytes become floats from 0 to 1 when they are batched")
  func batches() throws {
    let data = try Self.images(50)
    #expect(data.count == 50 && data.imageShape == [2, 3])
    let (x, y) = data.batch(42..<44)
    #expect(x.shape == [2, 1, 2, 3])
    let bytes = [252, 253, 254, 255, 0, 1, 2, 3, 4, 5, 6, 7] as [Float]
    #expect(x.elements == bytes.map { $0 / 255 })
    #expect(x.elements[3] == 1)
    #expect(y == [2, 3])
    #expect(data.reshaped(to: [6]).batch(0..<4).records.shape == [4, 6])
    #expect(data.pixels(ofRow: 1) == [6, 7, 8, 9, 10, 11])
    #expect(data.batches(of: 8).map(\.labels.count).reduce(0, +) == 50)
  }

  @Test("Choices of choices keep images and labels together")
  func choices() throws {
    let data = try Self.images(40).reshaped(to: [6])
    let chosen = data.shuffled(seed: 1).rows(5..<25).rows(at: [3, 0, 3])
    let order = Draw(seed: 1, number: 0).permutation(40)
    let expected = [order[8], order[5], order[8]]
    #expect(chosen.labels.elements == expected.map { Float($0 % 10) })
    #expect(chosen.batch(0..<3).labels == chosen.labels)
    for row in 0..<3 { #expect(chosen.pixels(ofRow: row) == data.pixels(ofRow: expected[row])) }
    #expect(chosen.records[1].elements == data.records[expected[1]].elements)
    let parts = try data.split(fractions: [0.75, 0.25])
    #expect(parts.map(\.count) == [30, 10] && parts[1].labels[0] == 0)
  }

  @Test("Files of something else are errors that say what they hold")
  func mismatches() {
    let images = IDXFile([1, 2, 3, 4], shape: [2, 2, 1], source: "i")
    let labels = IDXFile([1, 2, 3], shape: [3], source: "l")
    #expect(
      message { _ = try ImageDataset(images: labels, labels: labels) }
        == "l, byte 2: images, uint8 of shape [count, rows, columns], were expected, but the file "
        + "holds uint8 of shape [3]; look whether images and labels were mixed up")
    #expect(
      message { _ = try ImageDataset(images: images, labels: labels) }
        == "l, byte 4: there are 3 labels, but 2 images in i; "
        + "look whether training and test files were mixed up")
  }

  @Test("A folder's files may be packed and named in either way")
  func folders() throws {
    try withFolder { folder in
      try writeImages(folder, train: 20, test: 5)
      let plain = try ImageData(folder: folder)
      #expect(plain.name == folder.split(separator: "/").last.map(String.init))
      #expect(plain.train.count == 20 && plain.test.count == 5)
      #expect(plain.classNames == (0..<10).map(String.init))
      for (old, new) in [
        ("train-images-idx3-ubyte", "train-images.idx3-ubyte"),
        ("train-labels-idx1-ubyte", "train-labels.idx1-ubyte.gz"),
        ("t10k-images-idx3-ubyte", "t10k-images-idx3-ubyte.gz"),
      ] {
        let bytes = try read(folder + "/" + old)
        try FileManager.default.removeItem(atPath: folder + "/" + old)
        try write(new.hasSuffix("gz") ? gzipped(bytes) : bytes, folder + "/" + new)
      }
      let other = try ImageData(folder: folder, name: "numbers")
      #expect(other.name == "numbers" && other.sha256 == plain.sha256)
      #expect(other.train.records == plain.train.records)
      try FileManager.default.removeItem(atPath: folder + "/t10k-labels-idx1-ubyte")
      #expect(
        message { _ = try ImageData(folder: folder) }
          == "\(folder): the folder should have t10k-labels-idx1-ubyte, "
          + "t10k-labels-idx1-ubyte.gz, t10k-labels.idx1-ubyte or t10k-labels.idx1-ubyte.gz, but "
          + "has none of them; name a folder with all four IDX files")
    }
  }

  @Test("A label that has no name is an error that says where it is")
  func labels() throws {
    try withFolder { folder in
      try writeImages(folder, train: 20, test: 5)
      #expect(
        message { _ = try ImageData(folder: folder, name: "few", classNames: ["0", "1", "2"]) }
          == "\(folder)/train-labels-idx1-ubyte, byte 11: few has labels from 0 to 2, but here is "
          + "3; look whether the file belongs to few")
    }
  }

  @Test("Transforms depend on the seed and the image, not on order or batches")
  func transforms() throws {
    let data = try Self.images(30, rows: 9, columns: 7).augmented(
      by: [.shift(upTo: 2), .rotation(upTo: 20), .noise(0.1)], seed: 5)
    let all = data.records
    #expect(data.batch(7..<9).records == all[7..<9])
    #expect(data.rows(at: [20, 3]).records[1].elements == all[3].elements)
    #expect(data.redrawn(seed: 5).records == all)
    #expect(data.redrawn(seed: 6).records != all)
    #expect(data.redrawn(seed: 6).labels == data.labels)
  }

  @Test("Transforms do what they are called")
  func eachTransform() {
    var generator = Generator(seed: 3)
    let image = Tensor.rand([1, 8, 8], using: &generator)
    func twice(_ transform: ImageTransform) -> Tensor { transform(image, using: &generator) }
    #expect(twice(.shift(upTo: 0)) == image)
    #expect(twice(.rotation(upTo: 0)) == image)
    #expect(twice(.noise(0)) == image)
    let normalized = twice(.normalization(mean: 0.5, standardDeviation: 0.25))
    #expect(normalized.elements == image.elements.map { ($0 - 0.5) / 0.25 })
    // A single pixel shows where a shift went.
    var dot = Tensor.zeros([8, 8])
    dot[3, 4] = 1
    var places: Set<Int> = []
    for _ in 0..<400 {
      let moved = ImageTransform.shift(upTo: 1)(dot, using: &generator)
      #expect(moved.elements.reduce(0, +) == 1)
      places.insert(moved.elements.firstIndex(of: 1)!)
    }
    #expect(places == Set([19, 20, 21, 27, 28, 29, 35, 36, 37]))
    let turned = ImageTransform.rotation(upTo: 90)
    let angles = (0..<50).map { _ in turned(dot, using: &generator).elements.reduce(0, +) }
    #expect(angles.allSatisfy { abs($0 - 1) < 0.3 }, "turning keeps about as much ink")
    let noise = ImageTransform.noise(2)(.zeros([100, 100]), using: &generator).elements
    let variance = noise.reduce(0) { $0 + $1 * $1 } / 10_000
    #expect(abs(variance - 4) < 0.3)
    let own = ImageTransform { image, generator in
      Tensor(repeating: Float(generator.next() % 2), shape: image.shape)
    }
    #expect([0, 1].contains(own(image, using: &generator)[0, 0, 0].item))
  }
}
