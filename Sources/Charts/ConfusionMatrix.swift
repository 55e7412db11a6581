/// How often each true class was taken for each class.
package struct ConfusionMatrix: Sendable {
  package let counts: [[Int]]
  package let classes: [String]

  package init(counts: [[Int]], classes: [String]) {
    self.counts = counts
    self.classes = classes
  }

  /// The end of the cells on both axes.
  private var edge: Double { Double(classes.count) + 0.5 }
  /// The room for recall and precision, in cells.
  private var margin: Double { Double(classes.count) * 0.11 }

  private func total(ofRow row: Int) -> Int { counts[row].reduce(0, +) }
  private func total(ofColumn column: Int) -> Int { counts.reduce(0) { $0 + $1[column] } }

  package func recall(_ index: Int) -> Double {
    Double(counts[index][index]) / Double(total(ofRow: index))
  }

  package func precision(_ index: Int) -> Double {
    Double(counts[index][index]) / Double(total(ofColumn: index))
  }

  /// The errors' share of their row.
  private func share(_ row: Int, _ column: Int) -> Double {
    row == column ? .nan : finite(Double(counts[row][column]) / Double(total(ofRow: row)))
  }

  package func write(
    into script: inout Script, figure: Figure, data: String, table: inout SeriesTable
  ) {
    let size = classes.count
    let cells = (0..<size).flatMap { row in (0..<size).map { (row: row, column: $0) } }
    let ranks = cells.map { Double($0.row + 1) }
    let places = cells.map { Double($0.column + 1) }
    let shares = cells.map { share($0.row, $0.column) }
    let row = table.add("true class", ranks)
    let column = table.add("predicted class", places)
    let count = table.add("count", cells.map { Double(counts[$0.row][$0.column]) })
    let error = table.add("error, share of true class", shares)
    let index = table.add("class", (0..<size).map { Double($0 + 1) })
    _ = table.add("name", texts: classes)
    let recall = table.add("recall", (0..<size).map(self.recall))
    let precision = table.add("precision", (0..<size).map(self.precision))
    let largest = shares.filter(\.isFinite).max() ?? 0

    addSettings(to: &script, figure: figure, largest: largest)
    let source = "'\(data)' skip 1 using"
    func box(_ column: String, _ row: String) -> String {
      "(\(column)):(\(row)):(\(column) - 0.5):(\(column) + 0.5):(\(row) - 0.5):(\(row) + 0.5)"
    }
    let (x, y, n) = ("$\(column)", "$\(row)", "$\(count)")
    let text = "with labels textcolor rgb"
    let small = size > 18 ? " font ',\(max(6, 200 / size))'" : ""
    var clauses = [
      "\(source) \(box("(\(y) == \(x) ? \(x) : NaN)", y)) with boxxyerror fc rgb '#eeeeee' "
        + "fs solid noborder notitle"
    ]
    if largest > 0 {
      clauses.append(
        "\(source) \(box("(\(n) > 0 && \(y) != \(x) ? \(x) : NaN)", y)):\(error) "
          + "with boxxyerror fc palette fs solid noborder notitle")
    }
    if size <= 30 {
      clauses += [
        "\(source) \(column):\(row):(\(n) == 0 ? '' : sprintf('%d', \(n))) "
          + "\(text) '#111111'\(small) notitle",
        "\(source) \(column):\(row):(\(n) == 0 ? '0' : '') \(text) '#cccccc'\(small) notitle",
      ]
    }
    let beside = plainNumber(edge + margin / 2)
    clauses += [
      "\(source) (\(beside)):\(index):(\(percentage(recall))) "
        + "\(text) '\(Ink.text)'\(small) notitle",
      "\(source) \(index):(\(beside)):(\(percentage(precision))) "
        + "\(text) '\(Ink.text)'\(small) notitle",
    ]
    script.add("plot " + clauses.joined(separator: ", \\\n  "))
  }

  /// A share as text. gnuplot makes an expression that touches a NaN in the file NaN as a whole.
  private func percentage(_ column: Int) -> String {
    let number = "sprintf('%.1f', 100 * column(\(column)))"
    return "strcol(\(column)) eq 'NaN' ? '–' : strcol(\(column)) eq '' ? '' : \(number)"
  }

  private func addSettings(to script: inout Script, figure: Figure, largest: Double) {
    let size = Double(classes.count)
    let marks = classes.enumerated().map { "\(Script.quotedTick($1)) \($0 + 1)" }
    let longest = Double(classes.map(\.count).max() ?? 1) * Layout.character
    let (width, height) = (Double(figure.width), Double(figure.height))
    let left = min(max(155, 50 + longest), width * 0.4)
    let turns = longest + 6 > (width - left - 20) / (size + margin)
    let top = 104 + (turns ? min(longest * 0.5, height * 0.3) : 0)
    let color = "textcolor rgb '\(Ink.text)'"
    script.add("")
    script.add("set lmargin at screen \(Script.part(left, of: figure.width))")
    script.add("set rmargin at screen \(Script.part(width - 20, of: figure.width))")
    script.add("set bmargin at screen \(Script.part(40, of: figure.height))")
    script.add("set tmargin at screen \(Script.part(height - top, of: figure.height))")
    script.add("unset key\nunset border\nunset grid\nunset colorbox")
    script.add("set palette defined (0 '#fdeee4', 1 '#D55E00')")
    script.add("set cbrange [0:\(plainNumber(largest > 0 ? largest : 1))]")
    script.add("set xrange [0.5:\(plainNumber(edge + margin))]")
    script.add("set x2range [0.5:\(plainNumber(edge + margin))]")
    script.add("set yrange [\(plainNumber(edge + margin)):0.5]")
    let list = marks.joined(separator: ", ")
    let turn = turns ? "rotate by 30 left " : ""
    let beside = plainNumber(edge + margin / 2)
    script.add("unset xtics")
    script.add("set x2tics \(turn)scale 0 (\(list), 'recall [%%]' \(beside)) \(color)")
    script.add("set ytics scale 0 (\(list), 'precision [%%]' \(beside))")
    let x = Script.part(18, of: figure.width)
    let centre = plainNumber((size + 1) / 2)
    let y = Script.part(height - 62, of: figure.height)
    script.add("set label 3 'predicted class' at first \(centre),screen \(y) center \(color)")
    script.add(
      "set label 4 'true class' at screen \(x),first \(centre) center rotate by 90 \(color)")
    let note =
      largest == 0
      ? "no errors"
      : "errors coloured by their share of the true class, white 0 % to deepest "
        + "\(shortNumber((largest * 1000).rounded() / 10)) %"
    let noteX = Script.part(width - 20, of: figure.width)
    let noteY = Script.part(20, of: figure.height)
    script.add(
      "set label 5 \(Script.quoted(note)) at screen \(noteX),\(noteY) right font ',9' "
        + "textcolor rgb '#777777'")
    // Lines between the cells, white as the ground, and around recall and precision.
    script.add(
      "set for [i=1:\(classes.count - 1)] arrow from first i + 0.5, first 0.5 "
        + "to first i + 0.5, first \(plainNumber(edge)) nohead lc rgb '#ffffff' lw 1 front")
    script.add(
      "set for [i=1:\(classes.count - 1)] arrow from first 0.5, first i + 0.5 "
        + "to first \(plainNumber(edge)), first i + 0.5 nohead lc rgb '#ffffff' lw 1 front")
    script.add(
      "set object 1 rectangle from first 0.5, first 0.5 to first \(plainNumber(edge)), "
        + "first \(plainNumber(edge)) front fs empty border lc rgb '\(Ink.axis)'")
  }
}

extension Figure {
  /// A confusion matrix: a row for each true class, a column for each predicted one, recall beside
  /// and precision below.
  ///
  /// Only the errors are coloured, by their share of their row, because the diagonal would drown
  /// them. Beyond 30 classes the cells have no counts.
  ///
  /// - Parameters:
  ///   - counts: `counts[true][predicted]`, as many rows as columns.
  ///   - classes: their names; nil counts from 0.
  ///   - title: drawn above.
  public static func confusionMatrix(
    _ counts: [[Int]], classes: [String]? = nil, title: String = "Confusion matrix"
  ) -> Figure {
    guard !counts.isEmpty else { fatalError("Figure.confusionMatrix: there are no classes") }
    for (row, values) in counts.enumerated() where values.count != counts.count {
      fatalError(
        "Figure.confusionMatrix: \(counts.count) rows need as many columns, but row \(row) has "
          + "\(values.count)")
    }
    guard !counts.joined().contains(where: { $0 < 0 }) else {
      fatalError("Figure.confusionMatrix: a count is negative")
    }
    let names = classes ?? counts.indices.map(String.init)
    guard names.count == counts.count else {
      fatalError(
        "Figure.confusionMatrix: \(counts.count) classes have \(names.count) names")
    }
    var figure = Figure(title: title)
    figure.content = .confusion(
      ConfusionMatrix(counts: counts, classes: names.map { shortened($0, to: 16) }))
    return figure
  }
}
