import Foundation
import NeuronikaCharts
import Testing

extension ChartsTests {
  @Suite("PNG files")
  struct PNGFiles {
    /// A picture of as many colours, in flat areas with some noise between.
    private func picture(_ width: Int, _ height: Int, colors: Int, gray: Bool = false) -> Image {
      var image = Image(width: width, height: height)
      var state: UInt64 = 1
      for row in 0..<height {
        for column in 0..<width {
          state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
          let pixel = row * width + column
          // Each colour once, then areas.
          let color = pixel < colors ? pixel : state >> 60 == 0 ? Int(state >> 33) % colors : 0
          let (high, low) = (UInt8(color >> 8), UInt8(color & 0xFF))
          image[column, row] =
            gray ? Image.Pixel(gray: low) : Image.Pixel(red: low, green: high, blue: 255 - low)
        }
      }
      return image
    }

    /// The colour type, the byte after width, height and depth in IHDR.
    private func colorType(_ file: Data) -> UInt8 { file[25] }

    @Test(
      "What is written is read back, pixel by pixel, whatever the representation",
      arguments: [
        (1, 1, 1, false, 3), (40, 30, 2, false, 3), (37, 19, 256, false, 3),
        (37, 19, 257, false, 2), (100, 70, 5000, false, 2), (1, 50, 30, false, 3),
        (300, 1, 300, false, 2), (16, 16, 256, true, 0), (5, 9, 7, true, 0),
      ])
    func roundTrip(width: Int, height: Int, colors: Int, gray: Bool, type: UInt8) throws {
      let image = picture(width, height, colors: colors, gray: gray)
      let file = PNG.encode(image)
      #expect(colorType(file) == type)
      #expect(PNG.encode(image) == file)
      try withFolder { folder in
        let path = folder.appendingPathComponent("i.png").path
        try file.write(to: URL(fileURLWithPath: path))
        #expect(PNG.read(path) == .image(image))
      }
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
      let file = PNG.encode(image)
      // Row by row as it is, deflate finds nothing that repeats itself.
      #expect(file.count < image.bytes.count / 8)
      try withFolder { folder in
        let path = folder.appendingPathComponent("i.png").path
        try file.write(to: URL(fileURLWithPath: path))
        #expect(PNG.read(path) == .image(image))
      }
    }

    @Test("What breaks off is no image", arguments: [0, 7, 20, 60, 200])
    func cutOff(length: Int) throws {
      try withFolder { folder in
        let path = folder.appendingPathComponent("i.png").path
        let file = PNG.encode(picture(60, 60, colors: 900))
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
