import Foundation

/// A run of prose and the code below it, up to the next prose or `//#split`.
package struct Cell: Equatable, Sendable {
  /// A call of the notebook, from its first to its last line.
  package struct Call: Equatable, Sendable {
    package var name: String
    package var lines: ClosedRange<UInt>
  }

  /// Counts from 1.
  package var number: Int
  /// Markdown, with its formulas and `{{placeholders}}`.
  package var prose: String
  /// Swift, without what `//#hide` hides.
  package var code: String
  /// First line of the cell in the file, from 1.
  package var firstLine: UInt
  package var calls: [Call] = []
  /// The metrics that `//#expect` names.
  package var expected: [String] = []
}

/// A tutorial's `main.swift`, read as a notebook.
package struct Source: Equatable, Sendable {
  package let cells: [Cell]

  package init(_ text: String) {
    var parser = SourceParser()
    for (index, line) in text.split(separator: "\n", omittingEmptySubsequences: false).enumerated()
    {
      parser.take(line.hasSuffix("\r") ? line.dropLast() : line, number: UInt(index + 1))
    }
    parser.endCell()
    cells =
      parser.cells.isEmpty
      ? [Cell(number: 1, prose: "", code: "", firstLine: 1)] : parser.cells
  }

  /// The text of the first heading.
  package var title: String? {
    for cell in cells {
      for line in cell.prose.split(separator: "\n") where line.hasPrefix("# ") {
        return line.dropFirst(2).trimmingCharacters(in: .whitespaces)
      }
    }
    return nil
  }

  /// Index of the cell in which a line of the file stands.
  package func cell(at line: UInt) -> Int {
    max(0, (cells.firstIndex { $0.firstLine > line } ?? cells.count) - 1)
  }
}

private struct SourceParser {
  var cells: [Cell] = []
  private var prose: [Substring] = []
  private var code: [Substring] = []
  private var numbered: [(number: UInt, text: Substring)] = []
  private var expected: [String] = []
  private var firstLine: UInt?
  private var insideBlock = false
  private var blockStart = 0
  private var afterProseGap = false

  mutating func take(_ line: Substring, number: UInt) {
    if insideBlock {
      if let end = line.range(of: "*/") {
        addProse(line[..<end.lowerBound], number)
        insideBlock = false
        outdentBlock()
      } else {
        addProse(line, number)
      }
    } else if line.hasPrefix("//:") {
      let text = line.dropFirst(3)
      addProse(text.hasPrefix(" ") ? text.dropFirst() : text, number)
    } else if line.hasPrefix("/*:") {
      let text = line.dropFirst(3).drop { $0 == " " }
      beginProse(number)
      blockStart = prose.count
      if let end = text.range(of: "*/") {
        prose.append(text[..<end.lowerBound])
      } else {
        insideBlock = true
        if !text.isEmpty { prose.append(text) }
        blockStart = prose.count
      }
    } else {
      takeCode(line, number)
    }
  }

  private mutating func takeCode(_ line: Substring, _ number: UInt) {
    let bare = line.drop { $0 == " " || $0 == "\t" }
    if bare.hasPrefix("//#split") {
      endCell()
      firstLine = number
      return
    }
    if numbered.isEmpty && bare.isEmpty {
      if !prose.isEmpty { afterProseGap = true }
      return
    }
    if firstLine == nil { firstLine = number }
    numbered.append((number, line))
    if line.contains("//#hide") { return }
    guard let mark = line.range(of: "//#expect") else { return code.append(line) }
    expected += line[mark.upperBound...].split { $0 == " " || $0 == "," }.map(String.init)
    let visible = trimmedEnd(String(line[..<mark.lowerBound]))
    if !visible.isEmpty { code.append(visible[...]) }
  }

  private mutating func beginProse(_ number: UInt) {
    if !numbered.isEmpty { endCell() }
    if firstLine == nil { firstLine = number }
    if afterProseGap { prose.append("") }
    afterProseGap = false
  }

  private mutating func addProse(_ text: Substring, _ number: UInt) {
    beginProse(number)
    prose.append(text)
  }

  /// The blanks that all lines of a block begin with are the author's, not the text's.
  private mutating func outdentBlock() {
    let lines = prose[blockStart...].filter { !$0.allSatisfy(\.isWhitespace) }
    let blanks = lines.map { $0.prefix { $0 == " " }.count }.min() ?? 0
    for index in blockStart..<prose.count { prose[index] = prose[index].dropFirst(blanks) }
  }

  mutating func endCell() {
    defer {
      (prose, code, numbered, expected, firstLine) = ([], [], [], [], nil)
      afterProseGap = false
    }
    guard let firstLine, !prose.isEmpty || !numbered.isEmpty else { return }
    cells.append(
      Cell(
        number: cells.count + 1, prose: Self.tidy(prose), code: Self.tidy(code),
        firstLine: firstLine, calls: calls(), expected: expected))
  }

  /// Without blank lines at either end, and with single ones inside.
  private static func tidy(_ lines: [Substring]) -> String {
    var kept: [Substring] = []
    for line in lines {
      let blank = line.allSatisfy(\.isWhitespace)
      if blank && (kept.last?.isEmpty ?? true) { continue }
      kept.append(blank ? "" : line)
    }
    while kept.last?.isEmpty == true { kept.removeLast() }
    return kept.joined(separator: "\n")
  }

  /// Where the notebook is called: the calls that must each have made an event if the cell ran.
  private func calls() -> [Cell.Call] {
    let names = "show|table|metric|timing|figure|image|note|progress|history|data"
    guard let call = try? Regex("notebook\\s*\\.(\(names))\\s*\\(", as: (Substring, Substring).self)
    else { return [] }
    let lines = numbered.map { item -> Substring in
      let text = item.text.drop { $0.isWhitespace }
      return text.hasPrefix("//") ? "" : item.text
    }
    var starts: [(offset: Int, number: UInt)] = []
    var text = ""
    for (item, line) in zip(numbered, lines) {
      starts.append((text.utf8.count, item.number))
      text += line + "\n"
    }
    func line(_ index: String.Index) -> UInt {
      let offset = text.utf8.distance(from: text.startIndex, to: index)
      return starts.last { $0.offset <= offset }?.number ?? 0
    }
    return text.matches(of: call).map { match in
      var depth = 1
      var end = match.range.upperBound
      while end < text.endIndex, depth > 0 {
        if text[end] == "(" { depth += 1 } else if text[end] == ")" { depth -= 1 }
        if depth > 0 { end = text.index(after: end) }
      }
      return Cell.Call(
        name: String(match.output.1),
        lines: line(match.range.lowerBound)...max(line(match.range.lowerBound), line(end)))
    }
  }
}
