import CNeuronikaPNG
import Foundation
import NeuronikaCharts
import Testing

extension ChartsTests {
  @Suite("PNG files")
  struct PNGFiles {
    /// A picture of as many colours: each once, then squares.
    private func picture(_ width: Int, _ height: Int, colors: Int, gray: Bool = false) -> Image {
      var image = Image(width: width, height: height)
      for row in 0..<height {
        for column in 0..<width {
          let pixel = row * width + column
          let (across, down) = (column / 5, row / 5)
          let color = pixel < colors ? pixel : (across * across * 31 + down * down * 17) % colors
          let (high, low) = (UInt8(color >> 8), UInt8(color & 0xFF))
          image[column, row] =
            gray ? Image.Pixel(gray: low) : Image.Pixel(red: low, green: high, blue: 255 - low)
        }
      }
      return image
    }

    /// Bit depth and colour type, the bytes after width and height in IHDR.
    private func kind(_ file: Data) -> [UInt8] { [UInt8](file[24..<26]) }

    private func readBack(_ file: Data) throws -> PNG.Contents? {
      try withFolder { folder in
        let path = folder.appendingPathComponent("i.png").path
        try file.write(to: URL(fileURLWithPath: path))
        return PNG.read(path)
      }
    }

    @Test(
      "What is written is read back, pixel by pixel, whatever the representation",
      arguments: [
        (1, 1, 1, false, 3), (40, 30, 2, false, 3), (37, 19, 5, false, 3), (37, 19, 16, false, 3),
        (37, 19, 17, false, 3), (37, 19, 256, false, 3), (37, 19, 257, false, 2),
        (100, 70, 5000, false, 2), (1, 50, 30, false, 3), (300, 1, 300, false, 2),
        (5, 9, 7, true, 0), (61, 53, 17, true, 0), (16, 16, 256, true, 0),
      ])
    func roundTrip(width: Int, height: Int, colors: Int, gray: Bool, type: UInt8) throws {
      let image = picture(width, height, colors: colors, gray: gray)
      let file = try PNG.encode(image)
      #expect(kind(file)[1] == type)
      #expect(try PNG.encode(image) == file)
      #expect(try readBack(file) == .image(image))
    }

    @Test("A smooth image, whose rows are written as differences, is read back too")
    func smooth() throws {
      var image = Image(width: 90, height: 80)
      for row in 0..<80 {
        for column in 0..<90 {
          image[column, row] = Image.Pixel(
            red: UInt8(2 * column + row / 2), green: UInt8((row * row + column * column) / 64),
            blue: UInt8(255 - row - column))
        }
      }
      let file = try PNG.encode(image)
      // Row by row as it is, deflate finds nothing that repeats itself.
      #expect(file.count < image.bytes.count / 8)
      #expect(try readBack(file) == .image(image))
    }

    @Test(
      "Noise of few colours takes as many bits a pixel as tell them apart",
      arguments: [1, 2, 4], [false, true])
    func packed(bits: UInt8, gray: Bool) throws {
      var image = Image(width: 67, height: 53)
      var state: UInt64 = 1
      for row in 0..<53 {
        for column in 0..<67 {
          state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
          let value = UInt8((state >> 40) % (1 << bits))
          image[column, row] =
            gray ? Image.Pixel(gray: 9 * value) : Image.Pixel(red: 7, green: value, blue: 200)
        }
      }
      let file = try PNG.encode(image)
      #expect(kind(file) == [bits, 3])
      #expect(try readBack(file) == .image(image))
    }

    @Test("Few colours whose bytes repeat themselves better than their bits take a byte a pixel")
    func unpacked() throws {
      var image = Image(width: 97, height: 96)
      for row in 0..<96 {
        for column in 0..<97 {
          // Patterns of odd lengths, which seldom lie alike in a byte.
          let color = (column + row * row) % 11 * (column % 7) % 13
          image[column, row] = Image.Pixel(red: UInt8(color), green: 0, blue: 0)
        }
      }
      #expect(try kind(PNG.encode(image)) == [8, 3])
    }

    @Test("What libpng refuses is an error in its words", arguments: [0, 2_000_000])
    func refused(width: UInt32) throws {
      let samples = [UInt8](repeating: 0, count: 2_000_000)
      var file = nk_png_file()
      #expect(nk_png_encode(width, 1, 0, 8, nil, 0, samples, 0, &file) == 0)
      #expect(file.bytes == nil && file.count == 0)
      let message = withUnsafeBytes(of: file.message) { message in
        String(decoding: message.prefix { $0 != 0 }, as: UTF8.self)
      }
      let cause = width == 0 ? "is zero" : "exceeds user limit"
      #expect(message == "Image width \(cause) in IHDR; Invalid IHDR data")
    }

    @Test("A palette that doesn't fit is an error too", arguments: [0, 3, 300])
    func refusedPalette(colors: Int) {
      let palette = [png_color](repeating: png_color(), count: colors)
      var file = nk_png_file()
      #expect(nk_png_encode(1, 1, 3, 1, palette, Int32(colors), [0], 1, &file) == 0)
      #expect(file.bytes == nil && file.message.0 != 0)
    }

    @Test("An image that libpng refuses isn't written")
    func tooWide() throws {
      let image = Image(width: 1_000_001, height: 1)
      try withFolder { folder in
        let file = folder.appendingPathComponent("i.png")
        #expect(
          throws: ChartError.cannotWrite(
            path: file.path,
            reason: "Image width exceeds user limit in IHDR; Invalid IHDR data")
        ) { try image.write(to: file) }
        let files = try names(in: folder)
        #expect(files == [])
      }
    }

    @Test("What breaks off is no image", arguments: [0, 7, 20, 60, 200])
    func cutOff(length: Int) throws {
      try withFolder { folder in
        let path = folder.appendingPathComponent("i.png").path
        let file = try PNG.encode(picture(60, 60, colors: 900))
        try file.prefix(length).write(to: URL(fileURLWithPath: path))
        #expect(PNG.read(path) == nil)
      }
      #expect(PNG.read("/nowhere/i.png") == nil)
    }

    @Test("A transparent image stays as it is")
    func transparent() throws {
      // One pixel, half transparent, by another program.
      let file = Data(
        base64Encoded: "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mP8z8BQDwAEhQGA"
          + "hKmMIQAAAABJRU5ErkJggg==")!
      try withFolder { folder in
        let image = folder.appendingPathComponent("i.png")
        try file.write(to: image)
        #expect(PNG.read(image.path) == .richer)
        let gnuplot = try fakeGnuplot("cp ../i.png f.png.tmp", in: folder)
        var figure = Figure(title: "t")
        figure.panel(xLabel: "x", yLabel: "y") { $0.points([1.0, 2], [1.0, 2]) }
        let files = try figure.write(
          to: folder.appendingPathComponent("out"), name: "f", gnuplot: gnuplot)
        #expect(try Data(contentsOf: files.image!) == file)
      }
    }
  }
}
