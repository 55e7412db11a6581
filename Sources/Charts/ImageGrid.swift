extension Image {
  /// Images of equal size side by side, enlarged without smoothing, with lines of one grey pixel
  /// around and between them.
  ///
  /// - Parameters:
  ///   - tiles: the images, row after row.
  ///   - columns: how many in a row; nil makes the whole about as wide as high.
  ///   - scale: the side of a pixel's square.
  ///   - captions: one below each image, or none at all. They are ASCII and a few signs such as
  ///     `→`; other characters become `?`. What doesn't fit is cut.
  ///   - title: above the whole; empty for none.
  public static func grid(
    _ tiles: [Image], columns: Int? = nil, scale: Int = 3, captions: [String] = [],
    title: String = ""
  ) -> Image {
    guard let first = tiles.first else { fatalError("Image.grid: there are no images") }
    for (index, tile) in tiles.enumerated()
    where tile.width != first.width || tile.height != first.height {
      fatalError(
        "Image.grid: image \(index) is \(tile.width)×\(tile.height), "
          + "but the first is \(first.width)×\(first.height)")
    }
    guard captions.isEmpty || captions.count == tiles.count else {
      fatalError("Image.grid: \(tiles.count) images have \(captions.count) captions")
    }
    guard (1...100).contains(scale) else {
      fatalError("Image.grid: the scale is from 1 to 100, not \(scale)")
    }
    let perRow = min(tiles.count, columns ?? squareColumns(tiles.count, of: first))
    guard perRow > 0 else { fatalError("Image.grid: a row needs 1 column or more, not \(perRow)") }
    let rows = (tiles.count + perRow - 1) / perRow
    let (tileWidth, tileHeight) = (first.width * scale, first.height * scale)
    let longest = captions.map { BitmapFont.width(of: $0, scale: 1) }.max() ?? 0
    let textScale = longest * 2 + 4 <= tileWidth ? 2 : 1
    let captionHeight = captions.isEmpty ? 0 : BitmapFont.height * textScale + 4
    let titleHeight = title.isEmpty ? 0 : BitmapFont.height * 2 + 8
    let lineColor = Pixel(gray: 0xBB)
    let width = perRow * (tileWidth + 1) + 1
    let gridHeight = rows * (tileHeight + captionHeight + 1) + 1

    var image = Image(width: width, height: titleHeight + gridHeight)
    image.drawTitle(title)
    image.fill(x: 0, y: titleHeight, width: width, height: gridHeight, lineColor)
    for cell in 0..<(rows * perRow) {
      let x = 1 + cell % perRow * (tileWidth + 1)
      let y = titleHeight + 1 + cell / perRow * (tileHeight + captionHeight + 1)
      image.fill(x: x, y: y, width: tileWidth, height: tileHeight + captionHeight, .white)
      guard cell < tiles.count else { continue }
      image.draw(tiles[cell], x: x, y: y, scale: scale)
      if !captions.isEmpty {
        image.draw(
          captions[cell], x: x + 2, y: y + tileHeight + 2, width: tileWidth - 4, scale: textScale,
          color: Pixel(gray: 0x22))
      }
    }
    return image
  }

  /// Weights as images, in which blue is negative, white zero and vermilion positive. All share one
  /// symmetric scale, drawn below them, so that they can be compared.
  ///
  /// - Parameters:
  ///   - filters: the weights of each, row after row from the top. NaN and infinities are black.
  ///   - width: the columns of a filter.
  ///   - height: the rows of a filter.
  ///   - columns: how many filters in a row; nil makes the whole about as wide as high.
  ///   - scale: the side of a weight's square.
  ///   - captions: one below each filter, or none at all.
  ///   - title: above the whole; empty for none.
  ///   - limit: the magnitude with the deepest colour; nil takes the largest there is. Give it to
  ///     compare two pictures.
  public static func weights<Value: BinaryFloatingPoint>(
    _ filters: [[Value]], width: Int, height: Int, columns: Int? = nil, scale: Int = 4,
    captions: [String] = [], title: String = "", limit: Value? = nil
  ) -> Image {
    let largest = filters.joined().lazy.filter(\.isFinite).map(\.magnitude).max() ?? 0
    let limit = Double(limit.map(\.magnitude) ?? Value(largest))
    let tiles = filters.map { filter in
      Image(values: filter, width: width, height: height) { diverging(Double($0), limit: limit) }
    }
    let grid = grid(tiles, columns: columns, scale: scale, captions: captions, title: title)
    return grid.addingScale(limit: limit)
  }

  /// Blue for −`limit`, white for 0, vermilion for `limit`, linear in between.
  package static func diverging(_ value: Double, limit: Double) -> Pixel {
    guard value.isFinite else { return .black }
    let part = limit > 0 ? max(-1, min(1, value / limit)) : 0
    let end =
      part < 0
      ? Pixel(red: 0x00, green: 0x72, blue: 0xB2) : Pixel(red: 0xD5, green: 0x5E, blue: 0x00)
    func mixed(_ channel: UInt8) -> UInt8 {
      UInt8((255 - abs(part) * (255 - Double(channel))).rounded())
    }
    return Pixel(red: mixed(end.red), green: mixed(end.green), blue: mixed(end.blue))
  }

  private func addingScale(limit: Double) -> Image {
    let (barWidth, barHeight) = (90, BitmapFont.height * 2)
    let limitText = shortNumber(limit).replacing("−", with: "-")
    let (least, most) = ("-" + limitText, "+" + limitText)
    let textWidth = BitmapFont.width(of: most, scale: 2) + 6
    let whole = max(width, textWidth * 2 + barWidth + 4)
    var image = Image(width: whole, height: height + barHeight + 8)
    image.draw(self, x: 0, y: 0, scale: 1)
    let y = height + 4
    image.draw(
      least, x: 2, y: y + 1, width: textWidth, scale: 2, color: Pixel(gray: 0x22))
    let start = 2 + textWidth
    for column in 0..<barWidth {
      let value = (Double(column) / Double(barWidth - 1) * 2 - 1) * limit
      image.fill(
        x: start + column, y: y, width: 1, height: barHeight - 2,
        Image.diverging(value, limit: limit))
    }
    image.draw(
      most, x: start + barWidth + 6, y: y + 1, width: textWidth, scale: 2,
      color: Pixel(gray: 0x22))
    return image
  }

  private mutating func drawTitle(_ title: String) {
    guard !title.isEmpty else { return }
    let scale = BitmapFont.width(of: title, scale: 2) + 4 <= width ? 2 : 1
    draw(title, x: 2, y: 3, width: width - 4, scale: scale, color: Pixel(gray: 0x22))
  }

  /// The columns that make a grid of `count` images like `tile` about as wide as high.
  private static func squareColumns(_ count: Int, of tile: Image) -> Int {
    let ideal = Double(count) * Double(tile.height) / Double(tile.width)
    return max(1, Int(ideal.squareRoot().rounded(.up)))
  }
}
