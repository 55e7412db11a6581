import Foundation

/// A picture of RGB pixels, 8 bits for each of red, green and blue.
public struct Image: Equatable, Sendable {
  /// A pixel.
  public struct Pixel: Equatable, Sendable {
    /// From 0 to 255.
    public var red, green, blue: UInt8

    /// A pixel of a colour.
    public init(red: UInt8, green: UInt8, blue: UInt8) {
      (self.red, self.green, self.blue) = (red, green, blue)
    }

    /// A grey pixel.
    public init(gray: UInt8) {
      self.init(red: gray, green: gray, blue: gray)
    }

    /// White.
    public static let white = Pixel(gray: 255)
    /// Black.
    public static let black = Pixel(gray: 0)
  }

  /// The number of columns.
  public let width: Int
  /// The number of rows.
  public let height: Int
  /// Row after row from the top, three bytes a pixel.
  public private(set) var bytes: [UInt8]

  /// An image of one colour.
  ///
  /// - Parameters:
  ///   - width: 1 or more; `width`·`height`·3 bytes are at most 2³¹ − 1.
  ///   - height: 1 or more.
  ///   - color: of all pixels.
  public init(width: Int, height: Int, color: Pixel = .white) {
    let count = Image.byteCount(width: width, height: height)
    self.width = width
    self.height = height
    bytes = [UInt8](repeating: color.red, count: count)
    guard color.red != color.green || color.red != color.blue else { return }
    for index in stride(from: 0, to: count, by: 3) {
      bytes[index + 1] = color.green
      bytes[index + 2] = color.blue
    }
  }

  /// A grey image of numbers.
  ///
  /// - Parameters:
  ///   - values: row after row from the top.
  ///   - width: the number of columns.
  ///   - height: the number of rows.
  ///   - range: what becomes black and what white. Values beyond it are cut off; NaN is drawn
  ///     vermilion, so that it is seen.
  public init<Value: BinaryFloatingPoint>(
    gray values: [Value], width: Int, height: Int, range: ClosedRange<Value> = 0...1
  ) {
    self.init(values: values, width: width, height: height) { value in
      guard !value.isNaN else { return Pixel(red: 0xD5, green: 0x5E, blue: 0x00) }
      let span = range.upperBound - range.lowerBound
      let part = span > 0 ? (value - range.lowerBound) / span : 0
      return Pixel(gray: UInt8((max(0, min(1, part)) * 255).rounded()))
    }
  }

  package init<Value>(values: [Value], width: Int, height: Int, pixel: (Value) -> Pixel) {
    self.init(width: width, height: height)
    guard values.count == width * height else {
      fatalError(
        "Image: \(width)×\(height) pixels need \(width * height) values, not \(values.count)")
    }
    for (index, value) in values.enumerated() {
      let pixel = pixel(value)
      bytes[3 * index] = pixel.red
      bytes[3 * index + 1] = pixel.green
      bytes[3 * index + 2] = pixel.blue
    }
  }

  /// The pixel in a column, from the left, and a row, from the top; both count from 0.
  public subscript(column: Int, row: Int) -> Pixel {
    get {
      let index = offset(column, row)
      return Pixel(red: bytes[index], green: bytes[index + 1], blue: bytes[index + 2])
    }
    set {
      let index = offset(column, row)
      bytes[index] = newValue.red
      bytes[index + 1] = newValue.green
      bytes[index + 2] = newValue.blue
    }
  }

  /// Writes a PNG file, whose folder is made if need be. Equal pixels give equal files; few
  /// colours take few bits a pixel.
  ///
  /// The file is written beside its place and takes it when it is complete.
  ///
  /// - Throws: ``ChartError/cannotWrite(path:reason:)``.
  public func write(to file: URL) throws(ChartError) {
    try makeFolder(file.deletingLastPathComponent())
    try PNG.write(self, to: file)
  }

  /// Writes a PNG file to a path. See ``write(to:)-(URL)``.
  public func write(to path: String) throws(ChartError) {
    try write(to: URL(fileURLWithPath: path))
  }

  /// Fills a rectangle, which must lie within the image.
  package mutating func fill(x: Int, y: Int, width: Int, height: Int, _ color: Pixel) {
    for row in y..<(y + height) {
      for column in x..<(x + width) { self[column, row] = color }
    }
  }

  /// Draws `image` with each pixel as a square of `scale`, its upper left corner at (x, y).
  package mutating func draw(_ image: Image, x: Int, y: Int, scale: Int) {
    for row in 0..<image.height {
      for column in 0..<image.width {
        fill(
          x: x + column * scale, y: y + row * scale, width: scale, height: scale,
          image[column, row])
      }
    }
  }

  /// Gives what fills the image access to its bytes.
  mutating func withBytes<Result>(_ body: (UnsafeMutableBufferPointer<UInt8>) -> Result) -> Result {
    bytes.withUnsafeMutableBufferPointer { body($0) }
  }

  private func offset(_ column: Int, _ row: Int) -> Int {
    precondition(
      column >= 0 && column < width && row >= 0 && row < height,
      "Image: there is no pixel (\(column), \(row)) in \(width)×\(height)")
    return 3 * (row * width + column)
  }

  /// libpng counts an image's bytes in 32 bits.
  private static func byteCount(width: Int, height: Int) -> Int {
    guard width > 0, height > 0 else {
      fatalError("Image: \(width)×\(height) is no size; both are 1 or more")
    }
    let (pixels, overflow) = width.multipliedReportingOverflow(by: height)
    guard !overflow, pixels <= Int(Int32.max) / 3 else {
      fatalError(
        "Image: \(width)×\(height) pixels are too many; their bytes, 3 each, are at most 2³¹ − 1")
    }
    return pixels * 3
  }
}
