import Foundation
import NeuronikaCharts
import Testing

extension ChartsTests {
  @Suite("Images")
  struct Images {
    private let line = Image.Pixel(gray: 0xBB)

    @Test("A grid has squares of one colour and lines of one pixel", arguments: [1, 2, 5])
    func grid(scale: Int) {
      let tiles = (0..<3).map { index in
        Image(gray: (0..<6).map { Double($0 + index) / 8 }, width: 3, height: 2)
      }
      let image = Image.grid(tiles, columns: 2, scale: scale)
      #expect(image.width == 2 * (3 * scale + 1) + 1)
      #expect(image.height == 2 * (2 * scale + 1) + 1)
      for y in 0..<image.height {
        for x in 0..<image.width {
          let (column, row) = ((x - 1) / (3 * scale + 1), (y - 1) / (2 * scale + 1))
          let (u, v) = (x - 1 - column * (3 * scale + 1), y - 1 - row * (2 * scale + 1))
          if x == 0 || y == 0 || u == 3 * scale || v == 2 * scale {
            #expect(image[x, y] == line)
          } else if row * 2 + column < 3 {
            #expect(image[x, y] == tiles[row * 2 + column][u / scale, v / scale])
          } else {
            #expect(image[x, y] == .white)
          }
        }
      }
    }

    @Test("Weights share one symmetric scale: zero is white, the largest magnitude deepest")
    func weights() {
      let image = Image.weights(
        [[0, 0.5], [-1, .nan]] as [[Float]], width: 2, height: 1, columns: 2, scale: 1)
      #expect(image[1, 1] == .white)
      #expect(image[2, 1] == Image.diverging(0.5, limit: 1))
      #expect(image[4, 1] == Image.Pixel(red: 0x00, green: 0x72, blue: 0xB2))
      #expect(image[5, 1] == .black)
      #expect(Image.diverging(0, limit: 0) == .white)
    }

    @Test("Grey values are cut off at their range, and NaN is seen")
    func gray() {
      let image = Image(gray: [-1, 0.5, 2, .nan] as [Float], width: 4, height: 1)
      let expected: [UInt8] = [0, 0, 0, 128, 128, 128, 255, 255, 255, 0xD5, 0x5E, 0x00]
      #expect(image.bytes == expected)
    }

    @Test("Captions are drawn in 5×7 letters and cut where the tile ends")
    func captions() {
      let tile = Image(width: 20, height: 4, color: .black)
      let image = Image.grid([tile], scale: 1, captions: ["I7→long"])
      #expect(image.height == 1 + 4 + 12 + 1)
      let dark = Image.Pixel(gray: 0x22)
      // The middle column of "I" is seven pixels high.
      let column = (0..<8).map { image[1 + 2 + 2, 1 + 4 + 2 + $0] == dark }
      #expect(column == [true, true, true, true, true, true, true, false])
      // The fourth letter would need 23 columns; 16 are there, enough for two.
      #expect((0..<8).allSatisfy { image[1 + 2 + 12, 1 + 4 + 2 + $0] != dark })
    }

    @Test("Every character has a glyph of its own, the space an empty one")
    func glyphs() {
      let printable = (33..<127).map { Character(UnicodeScalar(UInt8($0))) }
      let glyphs = Set(printable.map { BitmapFont.columns(of: $0) })
      #expect(glyphs.count == printable.count)
      #expect(BitmapFont.columns(of: " ") == [0, 0, 0, 0, 0])
      #expect(BitmapFont.columns(of: "é") == BitmapFont.columns(of: "?"))
    }

    @Test("Equal images give equal PNG files, whole ones, without a time")
    func file() throws {
      var image = Image(width: 7, height: 3, color: Image.Pixel(red: 1, green: 2, blue: 3))
      image[6, 2] = .white
      try withFolder { folder in
        let file = folder.appendingPathComponent("deep/er/i.png")
        try image.write(to: file)
        let first = try Data(contentsOf: file)
        try image.write(to: file.path)
        #expect(try Data(contentsOf: file) == first)
        #expect(try names(in: file.deletingLastPathComponent()) == ["i.png"])
        #expect(first.starts(with: [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A]))
        // IHDR: width, height, 8 bits, palette.
        #expect([UInt8](first[16..<26]) == [0, 0, 0, 7, 0, 0, 0, 3, 8, 3])
        #expect(first.suffix(8).starts(with: Data("IEND".utf8)))
        #expect(first.range(of: Data("tIME".utf8)) == nil)
      }
    }

    @Test("An image without colour is written as a grey one")
    func grayFile() throws {
      var image = Image(gray: [0, 0.5, 1, 0.25] as [Float], width: 2, height: 2)
      try withFolder { folder in
        let file = folder.appendingPathComponent("i.png")
        try image.write(to: file)
        #expect(try [UInt8](Data(contentsOf: file)[24..<26]) == [8, 0])
        image[0, 0] = Image.Pixel(red: 0, green: 0, blue: 1)
        try image.write(to: file)
        #expect(try [UInt8](Data(contentsOf: file)[24..<26]) == [2, 3])
      }
    }
  }
}
