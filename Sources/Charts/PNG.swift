import CNeuronikaPNG
import Foundation

/// PNG files of RGB pixels, through libpng.
///
/// Figures are committed and sent, so the first goal is few bytes, the second that equal pixels
/// give equal ones; a third of a second for a figure is time enough. Four things make it small:
///
/// - Up to 256 colours become a palette; shades of grey need none. Either is one byte a pixel.
/// - Up to 16 colours fit into 4 bits, 2 or 1. One bit halves a file. Four take a fifth off a plot,
///   but add a sixth to shaded areas, whose repetitions no longer start with a byte; so both are
///   tried.
/// - Rows are written as they are. PNG can store differences from neighbouring pixels instead,
///   which helps photographs, but hides from deflate that figures repeat themselves: as libpng and
///   cairo choose, row by row, curves of a training take 1.5 times as much. Their choice is tried
///   too, since it is better by a tenth for digits.
/// - deflate searches as long as it can (level 9).
///
/// Of what gnuplot and libpng's simplified interface wrote for the tutorials and benchmarks, 26 %
/// went; of bars, which have few colours, two thirds.
package enum PNG {
  /// Why libpng encoded no image, in its words.
  package struct EncodingError: Error, Equatable {
    package let reason: String
  }

  /// An image as a complete file.
  package static func encode(_ image: Image) throws(EncodingError) -> Data {
    var smallest: Data?
    for pixels in Pixels.representations(of: image) {
      for isFiltered in [false, true] {
        let file = try encode(pixels, isFiltered: isFiltered)
        if file.count < smallest?.count ?? .max { smallest = file }
      }
    }
    return smallest!
  }

  /// Writes a file so that it is there either completely or not at all.
  static func write(_ image: Image, to file: URL) throws(ChartError) {
    let encoded: Data
    do {
      encoded = try encode(image)
    } catch {
      throw .cannotWrite(path: file.path, reason: error.reason)
    }
    try NeuronikaCharts.write(encoded, to: file)
  }

  /// What can be read from a file.
  package enum Contents: Equatable {
    /// 8 bits for each of red, green and blue.
    case image(Image)
    /// A PNG file that is more than ``Image`` can hold: with transparency, or 16 bits a colour.
    case richer
  }

  /// Reads a file; nil if it is no complete PNG.
  package static func read(_ path: String) -> Contents? {
    // libpng keeps the address.
    let png = UnsafeMutablePointer<png_image>.allocate(capacity: 1)
    png.initialize(to: png_image())
    defer {
      png_image_free(png)
      png.deallocate()
    }
    png.pointee.version = UInt32(PNG_IMAGE_VERSION)
    guard png_image_begin_read_from_file(png, path) != 0 else { return nil }
    let flags = UInt32(PNG_FORMAT_FLAG_ALPHA) | UInt32(PNG_FORMAT_FLAG_LINEAR)
    guard png.pointee.format & flags == 0 else { return .richer }
    png.pointee.format = UInt32(PNG_FORMAT_FLAG_COLOR)
    var image = Image(width: Int(png.pointee.width), height: Int(png.pointee.height))
    let isRead = image.withBytes { png_image_finish_read(png, nil, $0.baseAddress, 0, nil) }
    return isRead != 0 ? .image(image) : nil
  }

  private static func encode(
    _ pixels: Pixels, isFiltered: Bool
  ) throws(EncodingError) -> Data {
    var file = nk_png_file()
    let isEncoded = nk_png_encode(
      UInt32(pixels.width), UInt32(pixels.height), pixels.colorType.rawValue, pixels.bitDepth,
      pixels.palette, Int32(pixels.palette.count), pixels.samples, isFiltered ? 1 : 0, &file)
    guard isEncoded != 0 else {
      let reason = withUnsafeBytes(of: file.message) { message in
        String(decoding: message.prefix { $0 != 0 }, as: UTF8.self)
      }
      throw EncodingError(reason: reason)
    }
    return Data(bytesNoCopy: file.bytes, count: file.count, deallocator: .free)
  }
}

/// Pixels in one of PNG's representations.
private struct Pixels {
  /// With the numbers that PNG gives them.
  enum ColorType: Int32 { case gray = 0, rgb = 2, palette = 3 }

  let width: Int
  let height: Int
  let colorType: ColorType
  /// Of a sample in the file.
  let bitDepth: Int32
  let palette: [png_color]
  /// Row after row, a byte each.
  let samples: [UInt8]

  private init(
    _ image: Image, _ colorType: ColorType, bitDepth: Int32 = 8, palette: [png_color] = [],
    samples: [UInt8]
  ) {
    (width, height) = (image.width, image.height)
    self.colorType = colorType
    self.bitDepth = bitDepth
    self.palette = palette
    self.samples = samples
  }

  /// The representations that may be the smallest, at least one.
  static func representations(of image: Image) -> [Pixels] {
    // From the darkest red on.
    guard let colors = colors(image.bytes)?.sorted() else {
      return [Pixels(image, .rgb, samples: image.bytes)]
    }
    let indices = indices(of: image.bytes, in: colors)
    let palette = colors.map { color in
      png_color(
        red: UInt8(color >> 16), green: UInt8(color >> 8 & 0xFF), blue: UInt8(color & 0xFF))
    }
    let isGray = colors.allSatisfy { $0 == ($0 & 0xFF) * 0x01_01_01 }
    let bytewise =
      isGray
      ? Pixels(image, .gray, samples: indices.map { palette[Int($0)].blue })
      : Pixels(image, .palette, palette: palette, samples: indices)
    guard let bitDepth = ([1, 2, 4] as [Int32]).first(where: { colors.count <= 1 << $0 }) else {
      return [bytewise]
    }
    return [
      bytewise,
      Pixels(image, .palette, bitDepth: bitDepth, palette: palette, samples: indices),
    ]
  }

  /// Where each pixel's colour stands in `colors`.
  private static func indices(of bytes: [UInt8], in colors: [UInt32]) -> [UInt8] {
    let indices = Dictionary(uniqueKeysWithValues: zip(colors, UInt8.min...UInt8.max))
    var (last, index) = (colors[0], UInt8(0))
    return (0..<(bytes.count / 3)).map { pixel in
      let color = color(bytes, pixel)
      if color != last { (last, index) = (color, indices[color]!) }
      return index
    }
  }

  /// The different colours, nil if there are more than a palette has room for.
  private static func colors(_ bytes: [UInt8]) -> Set<UInt32>? {
    var colors: Set<UInt32> = []
    var last: UInt32?
    for pixel in 0..<(bytes.count / 3) {
      let color = color(bytes, pixel)
      if color == last { continue }
      last = color
      colors.insert(color)
      if colors.count > 256 { return nil }
    }
    return colors
  }

  private static func color(_ bytes: [UInt8], _ pixel: Int) -> UInt32 {
    UInt32(bytes[3 * pixel]) << 16 | UInt32(bytes[3 * pixel + 1]) << 8
      | UInt32(bytes[3 * pixel + 2])
  }
}
