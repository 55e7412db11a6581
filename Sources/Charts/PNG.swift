import CNeuronikaPNG
import CNeuronikaZlib
import Foundation

/// PNG files of RGB pixels.
///
/// Figures are committed and sent, so the first goal is few bytes, the second that equal pixels give
/// equal ones; a third of a second for a figure is time enough. Three things make it small:
///
/// - Up to 256 colours become a palette; shades of grey need none. Either is one byte a pixel.
/// - Rows are written as they are. PNG can store differences from neighbouring pixels instead, which
///   helps photographs, but hides from deflate that figures repeat themselves: as libpng and cairo
///   choose, row by row, curves of a training take 1.5 times as much. Their choice is tried too, since
///   it is better by a tenth for digits.
/// - deflate searches as long as it can (level 9).
///
/// Of what gnuplot and libpng wrote for the tutorials and benchmarks, 26 % went; of bars, which have
/// few colours, two thirds.
///
/// **Source:** Portable Network Graphics Specification, Third Edition (W3C 2025), sections 9 and 11.
package enum PNG {
  private static let signature: [UInt8] = [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A]

  /// An image as a complete file.
  package static func encode(_ image: Image) -> Data {
    let pixels = Pixels(image)
    let header =
      bigEndian(image.width) + bigEndian(image.height) + [8, pixels.colorType.rawValue, 0, 0, 0]
    let plain = deflated(pixels.unfiltered, strategy: Z_DEFAULT_STRATEGY)
    let filtered = deflated(pixels.filtered, strategy: Z_FILTERED)
    var file = Data(signature)
    file.append(chunk("IHDR", header))
    if !pixels.palette.isEmpty { file.append(chunk("PLTE", pixels.palette)) }
    file.append(chunk("IDAT", filtered.count < plain.count ? filtered : plain))
    file.append(chunk("IEND", []))
    return file
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

  private static func chunk(_ type: String, _ content: [UInt8]) -> Data {
    let body = Array(type.utf8) + content
    let checksum = Int(crc32(0, body, UInt32(body.count)))
    return Data(bigEndian(content.count) + body + bigEndian(checksum))
  }

  private static func bigEndian(_ number: Int) -> [UInt8] {
    [24, 16, 8, 0].map { UInt8(truncatingIfNeeded: number >> $0) }
  }

  /// The bytes in zlib's format.
  private static func deflated(_ bytes: [UInt8], strategy: Int32) -> [UInt8] {
    // zlib keeps the address.
    let stream = UnsafeMutablePointer<z_stream>.allocate(capacity: 1)
    stream.initialize(to: z_stream())
    defer { stream.deallocate() }
    let (window, memory): (Int32, Int32) = (15, 9)
    var status = deflateInit2_(
      stream, Z_BEST_COMPRESSION, Z_DEFLATED, window, memory, strategy, ZLIB_VERSION,
      Int32(MemoryLayout<z_stream>.size))
    guard status == Z_OK else { fatalError("PNG: zlib did not start (status \(status))") }
    var input = bytes
    let bound = Int(deflateBound(stream, UInt(input.count)))
    let output = [UInt8](unsafeUninitializedCapacity: bound) { output, count in
      input.withUnsafeMutableBufferPointer { input in
        stream.pointee.next_in = input.baseAddress
        stream.pointee.avail_in = UInt32(input.count)
        stream.pointee.next_out = output.baseAddress
        stream.pointee.avail_out = UInt32(bound)
        status = deflate(stream, Z_FINISH)
        count = bound - Int(stream.pointee.avail_out)
      }
    }
    deflateEnd(stream)
    assert(status == Z_STREAM_END)
    return output
  }
}

/// Pixels in the shortest of PNG's representations.
private struct Pixels {
  enum ColorType: UInt8 { case gray = 0, rgb = 2, palette = 3 }

  private(set) var colorType = ColorType.rgb
  /// Red, green and blue of each colour, from the darkest red on.
  private(set) var palette: [UInt8] = []
  private var samples: [UInt8]
  private let pixelBytes: Int
  private let rowBytes: Int

  init(_ image: Image) {
    let bytes = image.bytes
    guard let colors = Pixels.colors(bytes)?.sorted() else {
      (samples, pixelBytes, rowBytes) = (bytes, 3, 3 * image.width)
      return
    }
    let isGray = colors.allSatisfy { $0 >> 16 == $0 & 0xFF && $0 >> 8 & 0xFF == $0 & 0xFF }
    colorType = isGray ? .gray : .palette
    if !isGray {
      palette = colors.flatMap { color in [16, 8, 0].map { UInt8(color >> $0 & 0xFF) } }
    }
    let indices = Dictionary(uniqueKeysWithValues: zip(colors, UInt32(0)...))
    var (last, sample) = (colors[0], isGray ? colors[0] & 0xFF : 0)
    samples = (0..<(bytes.count / 3)).map { pixel in
      let color = Pixels.color(bytes, pixel)
      if color != last { (last, sample) = (color, isGray ? color & 0xFF : indices[color]!) }
      return UInt8(sample)
    }
    (pixelBytes, rowBytes) = (1, image.width)
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

  private var rows: StrideTo<Int> { stride(from: 0, to: samples.count, by: rowBytes) }

  /// The rows as they are, each after a 0, which says so.
  var unfiltered: [UInt8] {
    var result: [UInt8] = []
    result.reserveCapacity(samples.count + samples.count / rowBytes)
    for start in rows {
      result.append(0)
      result += samples[start..<(start + rowBytes)]
    }
    return result
  }

  /// The rows as differences from what each of PNG's five filters predicts, by that filter whose
  /// differences are smallest in sum, after its number.
  var filtered: [UInt8] {
    var result: [UInt8] = []
    result.reserveCapacity(samples.count + samples.count / rowBytes)
    var differences = [UInt8](repeating: 0, count: 5 * rowBytes)
    let black = [UInt8](repeating: 0, count: rowBytes)
    var above = black[...]
    for start in rows {
      let row = samples[start..<(start + rowBytes)]
      var sums = [0, 0, 0, 0, 0]
      for index in 0..<rowBytes {
        let isFirst = index < pixelBytes
        let left = isFirst ? 0 : Int(row[start + index - pixelBytes])
        let up = Int(above[above.startIndex + index])
        let corner = isFirst ? 0 : Int(above[above.startIndex + index - pixelBytes])
        func store(_ filter: Int, _ prediction: Int) {
          let difference = row[start + index] &- UInt8(truncatingIfNeeded: prediction)
          differences[filter * rowBytes + index] = difference
          sums[filter] += Int(Int8(bitPattern: difference).magnitude)
        }
        store(0, 0)
        store(1, left)
        store(2, up)
        store(3, (left + up) / 2)
        store(4, Pixels.paeth(left, up, corner))
      }
      let best = sums.indices.min { sums[$0] < sums[$1] }!
      result.append(UInt8(best))
      result += differences[(best * rowBytes)..<((best + 1) * rowBytes)]
      above = row
    }
    return result
  }

  /// The neighbour that is nearest to left + up − corner.
  private static func paeth(_ left: Int, _ up: Int, _ corner: Int) -> Int {
    let (toLeft, toUp, toCorner) = (
      abs(up - corner), abs(left - corner), abs(left + up - 2 * corner)
    )
    if toLeft <= toUp && toLeft <= toCorner { return left }
    return toUp <= toCorner ? up : corner
  }
}
