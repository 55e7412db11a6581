import NeuronikaTensors

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

/// Grey images and the class of each, kept as bytes until they are batched.
///
/// Choosing and shuffling rows copies no pixels: 60,000 images of 28 × 28 take 47 MB, however often
/// they are cut up. A batch holds floats from 0 to 1, with a channel axis for convolutions, after
/// whatever ``augmented(by:seed:)`` asks for.
///
/// ```
/// let data = try ImageData.builtInDigits()
/// for (x, y) in data.train.shuffled(seed: epoch).batches(of: 64) { … }  // x: [64, 1, 28, 28]
/// ```
public struct ImageDataset: RowCollection {
  /// Rows and columns of an image.
  public let imageShape: Shape
  /// The shape of a record in a batch: `[1, rows, columns]` unless ``reshaped(to:)`` says
  /// otherwise.
  public private(set) var recordShape: Shape
  /// The images one after another, all of the file's.
  private let pixels: [UInt8]
  private let classes: [UInt8]
  /// Which of the file's images the rows are; `nil` for all in their order.
  private var order: [Int]?
  private var transforms: [ImageTransform] = []
  private var seed: UInt64 = 0

  /// Images and classes from two files.
  ///
  /// - Parameters:
  ///   - images: Bytes of shape `[count, rows, columns]`.
  ///   - labels: Bytes of shape `[count]`.
  /// - Throws: `DataFileError` if they hold something else, or don't belong together.
  public init(images: IDXFile, labels: IDXFile) throws(DataFileError) {
    func check(_ file: IDXFile, rank: Int, _ expected: String) throws(DataFileError) {
      guard file.element == .uint8, file.shape.rank == rank else {
        throw DataFileError(
          .wrongContent, file: file.source, offset: 2,
          problem: "\(expected) were expected, but the file holds \(file.element) of shape "
            + "\(file.shape)",
          advice: "look whether images and labels were mixed up")
      }
    }
    try check(images, rank: 3, "images, uint8 of shape [count, rows, columns],")
    try check(labels, rank: 1, "labels, uint8 of shape [count],")
    guard images.shape[0] == labels.shape[0] else {
      throw DataFileError(
        .wrongContent, file: labels.source, offset: 4,
        problem: "there are \(labels.shape[0]) labels, but \(images.shape[0]) images in "
          + images.source,
        advice: "look whether training and test files were mixed up")
    }
    imageShape = images.shape.removing(axis: 0)
    recordShape = imageShape.inserting(1, at: 0)
    pixels = images.bytes
    classes = labels.bytes
  }

  public var count: Int { order?.count ?? classes.count }

  /// The class of every row, of shape `[count]`.
  public var labels: Tensor {
    Tensor(uninitialized: Shape(count)) { out in
      for row in out.indices { out[row] = Float(classes[place(row)]) }
    }
  }

  /// The pixels of a row as they stand in the file: 0 to 255, one line after another.
  public func pixels(ofRow row: Int) -> [UInt8] {
    let size = imageShape.count
    return Array(pixels[(place(row) * size)..<((place(row) + 1) * size)])
  }

  /// All records in one batch, for data that is small enough.
  public var records: Tensor { batch(0..<count).records }

  /// The same images under another record shape: `[784]` for a network without convolutions.
  ///
  /// - Parameter shape: As many elements as an image has pixels; otherwise the program stops.
  public func reshaped(to shape: Shape) -> ImageDataset {
    guard shape.count == imageShape.count else {
      stopProgram(
        "ImageDataset.reshaped: an image has shape \(imageShape), so \(imageShape.count) pixels, "
          + "and \(shape) has \(shape.count)")
    }
    var result = self
    result.recordShape = shape
    return result
  }

  /// The same images, each changed by transforms, in this order, whenever it is batched. Whatever
  /// they do at random depends on the seed and on which image it is: not on the order of the rows,
  /// the size of the batches or the threads.
  ///
  /// - Parameters:
  ///   - transforms: What to do; instead of what an earlier call asked for.
  ///   - seed: Take another one for every epoch, or a ``Loader``, which does.
  public func augmented(by transforms: [ImageTransform], seed: UInt64 = 0) -> ImageDataset {
    var result = self
    result.transforms = transforms
    result.seed = seed
    return result
  }

  public func redrawn(seed: UInt64) -> ImageDataset { augmented(by: transforms, seed: seed) }

  public func rows(_ range: Range<Int>) -> ImageDataset {
    guard range.lowerBound >= 0, range.upperBound <= count else {
      stopProgram("rows: \(range) does not lie within the \(count) rows")
    }
    var result = self
    result.order = order.map { Array($0[range]) } ?? Array(range)
    return result
  }

  public func rows(at indices: [Int]) -> ImageDataset {
    var result = self
    result.order = indices.map(place)
    return result
  }

  public func batch(_ range: Range<Int>) -> (records: Tensor, labels: Tensor) {
    guard range.lowerBound >= 0, range.upperBound <= count else {
      stopProgram("batch: \(range) does not lie within the \(count) rows")
    }
    let size = imageShape.count
    let records = Tensor(uninitialized: recordShape.inserting(range.count, at: 0)) { out in
      pixels.withUnsafeBufferPointer { bytes in
        for (slot, row) in range.enumerated() {
          let image = place(row)
          let source = UnsafeBufferPointer(rebasing: bytes[(image * size)..<((image + 1) * size)])
          let target = UnsafeMutableBufferPointer(
            rebasing: out[(slot * size)..<((slot + 1) * size)])
          // Division, unlike multiplication by the inverse, takes 255 to 1 exactly.
          for i in 0..<size { target[i] = Float(source[i]) / 255 }
          if !transforms.isEmpty { transform(target, image) }
        }
      }
    }
    let classes = Tensor(uninitialized: Shape(range.count)) { out in
      for (slot, row) in range.enumerated() { out[slot] = Float(self.classes[place(row)]) }
    }
    return (records, classes)
  }

  private func transform(_ elements: UnsafeMutableBufferPointer<Float>, _ image: Int) {
    // Every image has 2³² draws of its own.
    var generator = Generator(seed: seed, nextDraw: UInt64(image) << 32)
    var tensor = Tensor(Array(elements), shape: imageShape)
    for transform in transforms { tensor = transform(tensor, using: &generator) }
    tensor.withUnsafeElements { _ = elements.update(from: $0) }
  }

  /// Which of the file's images a row is.
  private func place(_ row: Int) -> Int {
    guard row >= 0, row < count else { stopProgram("rows: there is no row \(row) among \(count)") }
    return order?[row] ?? row
  }
}
